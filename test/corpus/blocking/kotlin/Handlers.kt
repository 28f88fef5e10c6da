package shop

import java.io.File
import java.net.URL
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

fun load(file: File): String = file.readText()

class Handlers(private val file: File) {
    suspend fun direct(): String {
        // ruleid: kotlin/blocking-file
        return file.readText()
    }

    suspend fun helper(): String {
        // ruleid: kotlin/blocking-file
        return load(file)
    }

    suspend fun elsewhere(): String {
        // ok: kotlin/blocking-file
        return withContext(Dispatchers.IO) { file.readText() }
    }

    suspend fun elsewhereByHelper(): String = withContext(Dispatchers.IO) {
        // ok: kotlin/blocking-file
        load(file)
    }

    fun synchronous(): String {
        // ok: kotlin/blocking-file
        return file.readText()
    }

    suspend fun twin() {
        // ok: java/blocking-sleep
        delay(100)
    }

    suspend fun napped(busy: Boolean) {
        if (busy) {
            // ruleid: java/blocking-sleep
            Thread.sleep(100)
        }
    }

    suspend fun eachUrl(urls: List<URL>): List<String> {
        return urls.map {
            // ruleid: kotlin/blocking-url
            it.readText()
        }
    }

    suspend fun inside(): Int {
        // ruleid: kotlin/run-blocking
        return runBlocking { 1 }
    }

    fun bridge(): Int {
        // ok: kotlin/run-blocking
        return runBlocking { 1 }
    }
}

class Book(private val text: String) {
    fun readText(): String = text
}

suspend fun own(book: Book): String {
    // ok: kotlin/blocking-file, kotlin/blocking-url
    return book.readText()
}
