package shop

import javax.sql.DataSource
import io.ktor.client.HttpClient
import io.ktor.client.request.get

fun used(source: DataSource): String? =
    // ok: java/jdbc-connection
    source.connection.use { connection ->
        connection.prepareStatement("SELECT 1").use { statement -> statement.executeQuery().use { it.getString(1) } }
    }

fun chosen(source: DataSource, quiet: Boolean): String? {
    // ruleid: java/jdbc-connection
    val connection = source.connection
    return when {
        quiet -> null
        else -> {
            connection.close()
            "done"
        }
    }
}

fun also(source: DataSource, quiet: Boolean) {
    // ruleid: java/jdbc-connection
    val connection = source.connection.also { it.autoCommit = true }
    if (quiet) return
    connection.close()
}

suspend fun asked(quiet: Boolean) {
    // ruleid: kotlin/ktor-client
    val client = HttpClient()
    client.get("https://rates.example")
    if (quiet) return
    client.close()
}

suspend fun askedWell() {
    // ok: kotlin/ktor-client
    HttpClient().use { it.get("https://rates.example") }
}

fun chosenWell(source: DataSource, quiet: Boolean) {
    // ok: java/jdbc-connection
    val connection = source.connection
    try {
        if (quiet) return
    } finally {
        connection.close()
    }
}
