package shop.io

import java.io.BufferedReader
import java.io.Closeable
import java.io.File
import java.io.FileInputStream
import java.io.FileOutputStream
import java.io.InputStream
import java.io.OutputStream
import java.io.RandomAccessFile
import java.net.HttpURLConnection
import java.net.ServerSocket
import java.net.Socket
import java.net.URL
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.Paths
import java.nio.file.StandardOpenOption
import java.util.Properties
import java.util.Scanner
import java.util.zip.ZipFile
import kotlin.io.path.inputStream
import kotlin.io.path.outputStream
import kotlin.io.path.useLines
import kotlin.io.path.bufferedReader
import kotlin.io.path.readText
import kotlin.io.path.walk
import kotlin.streams.asSequence
import kotlin.streams.toList

class FileWork(private val root: Path) {
    fun first(f: File): String? = f.bufferedReader().use { it.readLine() }

    fun firstLeak(f: File): String? {
        // ruleid: kotlin/reader
        val r = f.bufferedReader()
        val l = r.readLine() ?: return null
        r.close()
        return l
    }

    fun chain(f: File): String? =
        // ruleid: kotlin/reader
        f.inputStream().bufferedReader().readLine()

    fun chainText(f: File): String =
        // readText does not close what it reads
        f.inputStream().bufferedReader().readText()

    fun chainUse(f: File): String = f.inputStream().bufferedReader().use(BufferedReader::readText)

    fun lines(f: File): Int = f.useLines { it.count() }

    fun pathLines(p: Path): Int = p.useLines { it.count() }

    fun forEachLine(f: File) {
        f.forEachLine { println(it) }
        f.bufferedReader().forEachLine { println(it) }
        f.reader().useLines { it.count() }
    }

    fun whole(f: File): String = f.readText() + f.readLines().joinToString() + f.readBytes().size

    fun append(f: File, s: String) {
        f.appendText(s)
        f.writeText(s)
        f.printWriter().use { it.println(s) }
    }

    fun appendLeak(f: File, s: String) {
        // ruleid: kotlin/writer
        val w = f.writer()
        w.write(s)
        w.flush()
    }

    fun copy(a: File, b: File) {
        // ok: java/file-stream
        FileInputStream(a).use { i -> FileOutputStream(b).use { o -> i.copyTo(o) } }
    }

    fun copyLeak(a: File, b: File) {
        // ruleid: java/file-stream
        val i = FileInputStream(a)
        // ok: java/file-stream
        FileOutputStream(b).use { o -> i.copyTo(o) }
        i.close()
    }

    fun copyPath(a: Path, b: Path) {
        a.inputStream().use { i -> b.outputStream().use { o -> i.copyTo(o) } }
    }

    fun list(): List<Path> =
        // ruleid: java/path-stream
        Files.list(root).toList()

    // ok: java/path-stream
    fun listUse(): List<Path> = Files.list(root).use { it.toList() }

    fun walk(): Int =
        // ruleid: java/path-stream
        Files.walk(root).filter { Files.isRegularFile(it) }.asSequence().count()

    // ok: java/path-stream
    fun walkUse(): Int = Files.walk(root).use { s -> s.asSequence().count { Files.isRegularFile(it) } }

    fun walkKotlin(f: File): Int = f.walkTopDown().filter { it.isFile }.count()

    fun props(f: File): Properties = Properties().apply { f.inputStream().use { load(it) } }

    fun propsLeak(f: File): Properties = Properties().apply {
        // ruleid: java/file-stream
        load(FileInputStream(f))
    }

    fun resource(): String = javaClass.getResourceAsStream("/x")!!.use { it.readBytes().decodeToString() }

    // ok: java/file-stream
    fun raf(f: File): Int = RandomAccessFile(f, "r").use { it.readInt() }

    fun rafLeak(f: File): Int {
        // ruleid: java/file-stream
        val r = RandomAccessFile(f, "r")
        return r.readInt()
    }

    // ok: java/zip-file
    fun zip(f: File): Int = ZipFile(f).use { it.size() }

    fun zipLeak(f: File): Int {
        // ruleid: java/zip-file
        val z = ZipFile(f)
        return z.size()
    }

    // ok: java/zip-file
    fun zipEntry(f: File, n: String): ByteArray? = ZipFile(f).use { z ->
        val e = z.getEntry(n) ?: return null
        z.getInputStream(e).readBytes()
    }

    fun scanner(f: File): Int =
        // ruleid: java/file-stream
        Scanner(f).nextInt()

    // ok: java/file-stream
    fun scannerText(t: String): Int = Scanner(t).nextInt()

    // ok: java/file-stream
    fun open(p: Path): InputStream = Files.newInputStream(p)

    fun useOpen(p: Path): Int {
        // ruleid: java/file-stream
        val i = open(p)
        return i.read()
    }

    // ok: java/file-stream
    fun channel(p: Path): Long = FileChannel.open(p, StandardOpenOption.READ).use { it.size() }

    fun channelLeak(p: Path): Long {
        // ruleid: java/file-stream
        val ch = FileChannel.open(p, StandardOpenOption.READ)
        if (ch.size() == 0L) return 0
        ch.close()
        return 1
    }

    fun socket(h: String) {
        // ok: java/socket
        Socket(h, 80).use { s ->
            s.getOutputStream().write(1)
        }
    }

    fun socketLeak(h: String): Int {
        // ruleid: java/socket
        val s = Socket(h, 80)
        val n = s.getInputStream().read()
        if (n < 0) throw IllegalStateException("eof")
        s.close()
        return n
    }

    // ok: java/socket
    fun port(): Int = ServerSocket(0).use { it.localPort }

    fun portLeak(): Int =
        // ruleid: java/socket
        ServerSocket(0).localPort

    fun http(u: URL): String {
        val c = u.openConnection() as HttpURLConnection
        c.connectTimeout = 100
        c.readTimeout = 100
        return try {
            c.inputStream.bufferedReader().use { it.readText() }
        } finally {
            c.disconnect()
        }
    }

    fun url(u: URL): Int {
        // ruleid: java/url-stream
        val s = u.openStream()
        return s.read()
    }

    // ok: java/file-stream
    private val logFile: OutputStream by lazy { FileOutputStream(File("log")) }

    private lateinit var late: InputStream
    // ok: java/file-stream
    fun openLate(p: Path) { late = Files.newInputStream(p) }
    fun close() { late.close(); logFile.close() }

    class Holder(f: File) : Closeable {
        // ok: java/file-stream
        private val s = FileInputStream(f)
        fun read() = s.read()
        override fun close() = s.close()
    }

    class Delegating(private val inner: InputStream) : Closeable by inner

    fun holder(f: File): Int = Holder(f).use { it.read() }

    fun holderLeak(f: File): Int {
        // ruleid: java/file-stream
        val h = Holder(f)
        return h.read()
    }

    fun delegating(f: File) {
        // ok: java/file-stream
        Delegating(FileInputStream(f)).use { println(it) }
    }

    data class Upload(val body: InputStream, val name: String)

    fun upload(f: File) = Upload(f.inputStream(), f.name)

    fun pair(f: File): Pair<String, InputStream> = f.name to f.inputStream()

    private val open = mutableMapOf<String, InputStream>()

    fun cached(f: File): InputStream = open.getOrPut(f.name) { f.inputStream() }

    fun indexed(f: File) { open[f.name] = f.inputStream() }

    fun added(fs: List<File>): List<InputStream> = fs.map { it.inputStream() }

    fun addedLeak(fs: List<File>): Int =
        fs.sumOf {
            it.inputStream().read()
        }

    fun labelled(groups: List<List<File>>) {
        outer@ for (g in groups) {
            for (f in g) {
                val i = f.inputStream()
                if (i.read() == 0) continue@outer
                i.close()
            }
        }
    }

    fun tryExpression(f: File): Int {
        // ok: java/file-stream
        val i = FileInputStream(f)
        return try {
            i.read()
        } catch (e: Exception) {
            -1
        } finally {
            i.close()
        }
    }

    fun local(f: File): Int {
        fun readOne(s: InputStream): Int = s.use { it.read() }
        return readOne(f.inputStream())
    }

    fun localLeak(f: File): Int {
        fun readOne(s: InputStream): Int = s.read()
        return readOne(f.inputStream())
    }

    fun elvisThrow(f: File?): Int {
        val i = f?.inputStream() ?: throw IllegalArgumentException("none")
        return i.read()
    }
}
