#!/usr/bin/env kotlin
@file:JvmName("Everything")
@file:[JvmMultifileClass Suppress("unused")]

package example.everything

import java.io.*
import java.sql.Connection as Link
import kotlin.concurrent.thread

typealias Handler<T> = suspend (String, count: Int) -> T

@Target(AnnotationTarget.CLASS)
annotation class Marked(val name: String, val tags: Array<String> = ["a", "b"])

const val LIMIT: Int = 1_000
val hex = 0xFFL + 0b11 + 1.5f + 'c'.code + '\n'.code
private var counter: Int = 0
    get() = field + 1
    private set(value) {
        field = value
    }
val String.half: String get() = substring(length / 2)
val (left, right) = 1 to 2
lateinit var late: Any
expect fun platform(): String
external fun native(): Int

sealed interface Shape {
    val area: Double
    fun draw()
}

enum class Color(val rgb: Int) : Shape {
    RED(1) {
        override fun draw() {
            println("red")
        }
    },
    GREEN(2);

    override val area = 1.0
    override fun draw() {}
}

fun interface Listener {
    fun heard(what: String)
}

@JvmInline
value class Id(val raw: String)

open class Base<in A, out B : Any>(@param:Marked("x") protected val first: A, vararg rest: B) where A : Comparable<A> {
    init {
        println(first)
    }

    constructor(first: A, second: Int = 3) : this(first) {
        counter = second
    }

    @get:JvmName("named")
    open val lazily: String by lazy { "x" }
    inner class Inner {
        fun outer() = this@Base
    }

    companion object Factory {
        val shared = StringBuilder()

        operator fun invoke(): Int = 1
        inline fun <reified T : Any> make(noinline block: (T) -> Unit, crossinline other: T.() -> Unit = {}) {
            T::class.java
        }
    }
}

class Derived(out: List<*>, private val by: CharSequence) : Base<String, Any>("a"), CharSequence by by {
    override fun draw(vararg xs: Int) = super<Base>.hashCode()
    tailrec fun count(n: Int): Int = if (n == 0) 0 else count(n - 1)
    infix fun plus(other: Any): Any = other
}

object Single : Runnable {
    override fun run() {
        val job = object : Runnable {
            override fun run() {
                println("run")
            }
        }
        job.run()
    }
}

suspend fun <T> statements(list: List<T?>, map: Map<String, Int>, other: T & Any, function: ((Int) -> (Int))?): Int? {
    outer@ for ((key, value) in map) {
        if (value == 2) continue
        if (value == 3) continue@outer
        for (@Suppress("unused") i: Int in 0 until 10 step 2) if (i > 5) break@outer else println(i)
    }
    var i = 0
    i++
    --i
    i += 2
    do {
        i -= 1
    } while (i > 0 && !list.isEmpty() || i in 1..<3)
    while (true) break
    val found = list.firstOrNull() ?: return null
    val text = try {
        found.toString()
    } catch (@Suppress("x") e: IOException) {
        throw IllegalStateException("no: $e ${e.message} \t", e)
    } finally {
        println()
    }
    val kind = when (val it = found) {
        null -> 0
        is String, is CharSequence -> 1
        !is Number -> 2
        in list -> 3
        !in list -> 4
        else -> {
            5
        }
    }
    when {
        kind > 3 -> i = 4
        else -> return kind
    }
    list.forEach each@{ element ->
        if (element == null) return@each
        println(element!!)
    }
    map.map { (key, value) -> key + value }
    val raw = """
        raw $text ${map["a"]}
    """
    val function2 = fun(a: Int): Int { return a }
    val reference = ::native
    val method = String::length
    val nullable = (String?)::toString
    list as? ArrayList<T> ?: mutableListOf<T>()
    /* a block */ println(list is ArrayList && found !is String) // a line
    println(*arrayOf(raw), sep = *arrayOf(1))
    make<Int>({ a -> println(a) })
    @Suppress("x") println(-i)
    (list)
    val block: suspend Base<*, *>.(@Marked("y") Int) -> Unit = { a -> println(a) }
    File("x").inputStream().use { stream -> stream.read() }
    run { println() }
    thread(start = true) @Marked("z") { println() }
    fun local(a: Int = 3) = a
    return local(i)
}

fun dyn(x: dynamic) = x
