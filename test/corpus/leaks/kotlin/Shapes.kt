package shop.modern

import java.io.Closeable
import java.io.File
import java.io.InputStream
import java.sql.Connection
import java.sql.DriverManager
import javax.sql.DataSource
import kotlin.contracts.ExperimentalContracts
import kotlin.properties.Delegates
import kotlin.properties.ReadOnlyProperty
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.flow

sealed interface Outcome { data class Ok(val n: Int) : Outcome; data object Gone : Outcome }

@JvmInline value class Id(val v: Long)

// ok: java/jdbc-connection
interface Source { fun borrow(): Connection }
// ok: java/jdbc-connection
class UrlSource(private val url: String) : Source { override fun borrow(): Connection = DriverManager.getConnection(url) }

class Modern(private val source: Source, private val ds: DataSource) {
    fun viaInterface(skip: Boolean) {
        // ruleid: java/jdbc-connection
        val c = source.borrow()
        if (skip) return
        c.close()
    }

    fun viaInterfaceClosed(skip: Boolean) {
        // ok: java/jdbc-connection
        source.borrow().use {
            if (skip) return
            it.isReadOnly = true
        }
    }

    fun outcome(o: Outcome): Int {
        // ruleid: java/jdbc-connection
        val c = ds.connection
        val n = when (o) {
            is Outcome.Ok -> o.n
            Outcome.Gone -> return -1
        }
        c.close()
        return n
    }

    fun smart(x: Any?): Int {
        if (x is InputStream) {
            return x.use { it.read() }
        }
        return (x as? File)?.inputStream()?.use { it.read() } ?: 0
    }

    fun require(f: File, n: Int): Int {
        // ruleid: kotlin/stream
        val i = f.inputStream()
        require(n > 0) { "n" }
        val r = i.read()
        i.close()
        return r
    }

    fun check(f: File): Int {
        val i = f.inputStream()
        try {
            check(i.available() > 0)
            return i.read()
        } finally {
            i.close()
        }
    }

    fun multi(a: File, b: File): Int = a.inputStream().use { x ->
        b.inputStream().use { y -> x.read() + y.read() }
    }

    private inline fun <T : Closeable, R> T.using(f: (T) -> R): R = try { f(this) } finally { close() }

    // todook: kotlin/stream
    fun own(a: File): Int = a.inputStream().using { it.read() }

    fun flowRows(): Flow<String> = flow {
        // ok: java/jdbc-connection
        ds.connection.use { c -> c.createStatement().use { st -> st.executeQuery("x").use { rs -> while (rs.next()) emit(rs.getString(1)) } } }
    }

    fun callback(f: File): Flow<Int> = callbackFlow {
        // todook: kotlin/stream
        val i = f.inputStream()
        trySend(i.read())
        awaitClose { i.close() }
    }

    fun onClose(f: File): Sequence<String> {
        // todook: kotlin/reader
        val r = f.bufferedReader()
        return r.lineSequence()
    }

    fun ifExpression(big: Boolean, f: File): Int {
        val i = if (big) f.inputStream().buffered() else f.inputStream()
        return i.use { it.read() }
    }

    fun ifExpressionLeak(big: Boolean, f: File): Int {
        // ruleid: kotlin/stream
        val i = f.inputStream().buffered()
        return if (big) i.read().also { i.close() } else 0
    }

    fun repeat(f: File) {
        repeat(3) {
            // ruleid: kotlin/stream
            val i = f.inputStream()
            i.read()
        }
    }

    fun repeatUse(f: File) {
        repeat(3) { f.inputStream().use { it.read() } }
    }

    fun retry(times: Int): Connection {
        var last: Exception? = null
        repeat(times) {
            try {
                return ds.connection
            } catch (e: Exception) {
                last = e
            }
        }
        throw last!!
    }

    fun whileLoop(fs: Iterator<File>) {
        while (true) {
            val f = if (fs.hasNext()) fs.next() else break
            // ruleid: kotlin/stream
            val i = f.inputStream()
            if (i.read() < 0) break
            i.close()
        }
    }

    var current: Connection? by Delegates.observable(null) { _, old, _ -> old?.close() }

    // ok: java/jdbc-connection
    fun swap() { current = ds.connection }

    fun finallyNull(f: File): Int {
        var i: InputStream? = null
        try {
            i = f.inputStream()
            return i.read()
        } finally {
            try {
                i?.close()
            } catch (ignored: Exception) {
            }
        }
    }

    // ok: java/jdbc-connection
    operator fun invoke(): Int = ds.connection.use { it.holdability }

    infix fun into(f: File) {
        f.outputStream().bufferedWriter().use { w -> w.write("x"); w.newLine() }
    }

    fun cleanup(f: File, on: MutableList<() -> Unit>): Int {
        val i = f.inputStream()
        on += { i.close() }
        return i.read()
    }

    fun suspendClose(f: File) {
        val i = f.inputStream()
        val hook = Runnable { i.close() }
        Runtime.getRuntime().addShutdownHook(Thread(hook))
    }
}
