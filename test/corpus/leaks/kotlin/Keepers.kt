import java.io.File
import java.io.FileInputStream

class Tape(file: File) : AutoCloseable {
    private val stream = FileInputStream(file)

    fun next(): Int = stream.read()

    override fun close() {
        stream.close()
    }
}

fun neverEnded(file: File): Int {
    // ruleid: java/file-stream
    val tape = Tape(file)
    return tape.next()
}

fun ended(file: File): Int {
    // ok: java/file-stream
    return Tape(file).use { tape -> tape.next() }
}
