package shop.store

import com.zaxxer.hikari.HikariDataSource
import java.io.IOException
import java.net.ServerSocket
import java.net.Socket
import java.sql.Connection
import java.sql.DriverManager
import java.sql.SQLException
import javax.sql.DataSource
import okhttp3.OkHttpClient
import okhttp3.Request
import redis.clients.jedis.JedisPool

class Connections(private val source: DataSource, private val pool: JedisPool, private val http: OkHttpClient) {
    private val kept = mutableListOf<Socket>()

    fun earlyReturn(id: Int): String? {
        // ruleid: java/jdbc-connection
        val connection = source.connection
        if (id < 0) return null
        connection.close()
        return "x"
    }

    fun used(id: Int): Int = // the block closes it, however it is left
        // ok: java/jdbc-connection
        source.connection.use { connection ->
            if (id < 0) return 0
            connection.prepareStatement("SELECT 1").use { it.executeQuery().use { rows -> if (rows.next()) rows.getInt(1) else return@use -1 } }
        }

    fun inTry(): Int {
        // ok: java/jdbc-connection
        val connection = source.connection
        try {
            return connection.createStatement().use { it.executeUpdate("DELETE") }
        } finally {
            connection.close()
        }
    }

    fun nullable(): Boolean {
        var connection: Connection? = null
        try {
            // ok: java/jdbc-connection
            connection = DriverManager.getConnection("jdbc:h2:mem:")
            return connection.isValid(1)
        } catch (e: SQLException) {
            return false
        } finally {
            connection?.close()
        }
    }

    fun letClose(): Boolean {
        var connection: Connection? = null
        return try {
            // ok: java/jdbc-connection
            connection = source.connection
            connection.isValid(1)
        } finally {
            connection?.let { it.close() }
        }
    }

    fun thrown(id: Int) {
        // ruleid: java/jdbc-connection
        val connection = source.connection
        if (id < 0) throw IllegalArgumentException("id")
        connection.close()
    }

    fun required(id: Int) {
        // ruleid: java/jdbc-connection
        val connection = source.connection
        connection.createStatement().use { it.executeUpdate("DELETE") }
    }

    fun helped(id: Int): Int {
        // ruleid: java/jdbc-connection
        val connection = open() ?: return 0
        return if (connection.isClosed) 0 else id
    }

    fun helpedSafely(): Int {
        // ok: java/jdbc-connection
        val connection = open() ?: return 0
        return connection.use { 1 }
    }

    // ok: java/jdbc-connection
    private fun open(): Connection? = try { source.connection } catch (e: SQLException) { null }

    fun closedByHelper() {
        // ok: java/jdbc-connection
        val connection = source.connection
        try {
            connection.commit()
        } finally {
            quietly(connection)
        }
    }

    private fun quietly(connection: Connection?) {
        runCatching { connection?.close() }
    }

    private inline fun <T> withConnection(block: (Connection) -> T): T {
        // ok: java/jdbc-connection
        val connection = source.connection
        try {
            return block(connection)
        } finally {
            connection.close()
        }
    }

    fun throughBlock(): Boolean = withConnection { it.isValid(1) }

    fun applied(): Boolean {
        // ruleid: java/jdbc-connection
        val connection = source.connection.apply { autoCommit = true }
        return connection.isValid(1)
    }

    fun handedOut(): Connection =
        // ok: java/jdbc-connection
        source.connection.apply { isReadOnly = true }

    fun also(): Int {
        // ok: java/jdbc-connection
        val connection = source.connection.also { println(it) }
        connection.close()
        return 1
    }

    fun branches(local: Boolean): Boolean {
        // ruleid: java/jdbc-connection
        val connection = if (local) source.connection else null
        if (connection == null) return false
        return connection.isValid(1)
    }

    fun selected(kind: Int): Boolean {
        val connection = when (kind) {
            // ok: java/jdbc-connection
            0 -> source.connection
            else -> return false
        }
        return connection.use { it.isValid(1) }
    }

    fun jedis(key: String): String? {
        // ruleid: java/jedis-connection
        val jedis = pool.resource
        return jedis.get(key)
    }

    fun jedisSafely(key: String): String? =
        // ok: java/jedis-connection
        pool.resource.use { it.get(key) }

    fun status(request: Request): Int {
        // ruleid: java/okhttp-response
        val response = http.newCall(request).execute()
        return response.code
    }

    fun statusSafely(request: Request): Int =
        // ok: java/okhttp-response
        http.newCall(request).execute().use { response -> response.code }

    fun text(request: Request): String? {
        // ok: java/okhttp-response
        val response = http.newCall(request).execute()
        return response.body?.string()
    }

    fun each(hosts: List<String>) {
        hosts.forEach { host ->
            // ruleid: java/socket
            val socket = Socket(host, 80)
            if (!socket.isBound) return@forEach
            socket.close()
        }
    }

    fun eachSafely(hosts: List<String>) {
        for (host in hosts) {
            // ok: java/socket
            Socket(host, 80).use { socket ->
                if (!socket.isBound) return@use
                socket.getOutputStream().write(1)
            }
        }
    }

    fun stored(host: String) {
        // ok: java/socket
        val socket = Socket(host, 80)
        kept.add(socket)
    }

    fun listed(hosts: List<String>): List<Socket> =
        // ok: java/socket
        hosts.map { Socket(it, 80) }

    fun plus(host: String) {
        // ok: java/socket
        kept += Socket(host, 80)
    }

    fun cancelled(host: String, port: Int?): Int {
        // ruleid: java/socket
        val socket = Socket(host, 80)
        val number = port ?: return -1
        socket.close()
        return number
    }

    fun serve(port: Int) {
        // ok: java/server-socket
        ServerSocket(port).use { server ->
            while (true) {
                // ok: java/socket
                val client = server.accept()
                kotlin.concurrent.thread { client.use { it.getOutputStream().write(1) } }
            }
        }
    }
}

class Owner(host: String) : AutoCloseable {
    // ok: java/socket
    private val socket = Socket(host, 80)
    // ok: java/hikari-pool
    private val pool by lazy { HikariDataSource() }

    override fun close() {
        socket.close()
        pool.close()
    }
}
