package shop.orders

import java.sql.Connection
import java.sql.PreparedStatement
import java.sql.ResultSet
import java.sql.SQLException
import javax.sql.DataSource
import org.slf4j.LoggerFactory

private val log = LoggerFactory.getLogger("orders")

fun <T> ResultSet.map(f: (ResultSet) -> T): List<T> {
    val out = mutableListOf<T>()
    while (next()) out += f(this)
    return out
}

// todook: java/jdbc-statement
fun Connection.query(sql: String): ResultSet = createStatement().executeQuery(sql)

fun DataSource.tx(block: (Connection) -> Unit) {
    connection.use { c ->
        c.autoCommit = false
        try {
            block(c)
            c.commit()
        } catch (e: Exception) {
            c.rollback()
            throw e
        }
    }
}

class OrderRepository(private val ds: DataSource) {
    // ok: java/jdbc-connection
    fun names(): List<String> = ds.connection.use { c ->
        // ok: java/jdbc-statement
        c.prepareStatement("select name from orders").use { ps ->
            ps.executeQuery().use { rs -> rs.map { it.getString(1) } }
        }
    }

    fun count(state: String): Int {
        // ruleid: java/jdbc-connection
        val c = ds.connection
        // ok: java/jdbc-statement
        val ps = c.prepareStatement("select count(*) from orders where state = ?")
        ps.setString(1, state)
        val rs = ps.executeQuery()
        if (!rs.next()) return 0
        val n = rs.getInt(1)
        rs.close()
        ps.close()
        c.close()
        return n
    }

    fun elvis(c: Connection, id: Long): String? {
        // ruleid: java/jdbc-statement
        val ps = c.prepareStatement("select name from orders where id = ?")
        ps.setLong(1, id)
        val name = ps.executeQuery().use { rs -> if (rs.next()) rs.getString(1) else null } ?: return null
        ps.close()
        return name
    }

    fun elvisClosed(c: Connection, id: Long): String? {
        // ok: java/jdbc-statement
        c.prepareStatement("select name from orders where id = ?").use { ps ->
            ps.setLong(1, id)
            val rs = ps.executeQuery()
            return rs.use { if (it.next()) it.getString(1) else null }
        }
    }

    fun applied(c: Connection, id: Long): Int =
        // todook: java/jdbc-statement
        c.prepareStatement("delete from orders where id = ?").apply { setLong(1, id) }.use { it.executeUpdate() }

    fun appliedLeak(c: Connection, id: Long): Int =
        // ruleid: java/jdbc-statement
        c.prepareStatement("delete from orders where id = ?").apply { setLong(1, id) }.executeUpdate()

    fun rows(): List<String> {
        // ok: java/jdbc-connection
        ds.getConnection().use { c ->
            // closing the connection frees the rest
            return c.query("select 1").map { it.getString(1) }
        }
    }

    fun rowsOpen(c: Connection): List<String> {
        val rs = c.query("select 1")
        return rs.map { it.getString(1) }
    }

    fun moved(from: Long, to: Long) = ds.tx { c ->
        // ok: java/jdbc-statement
        c.prepareStatement("update a set x = x - 1 where id = ?").use { it.setLong(1, from); it.executeUpdate() }
        // ok: java/jdbc-statement
        c.prepareStatement("update a set x = x + 1 where id = ?").use { it.setLong(1, to); it.executeUpdate() }
    }

    fun transaction(c: Connection, bad: Boolean) {
        // ruleid: java/jdbc-transaction
        c.autoCommit = false
        if (bad) {
            log.warn("bad")
            return
        }
        c.commit()
    }

    fun transactionClosed(c: Connection, bad: Boolean) {
        c.autoCommit = false
        try {
            if (bad) {
                c.rollback()
                return
            }
            c.commit()
        } catch (e: SQLException) {
            c.rollback()
            throw e
        } finally {
            c.autoCommit = true
        }
    }

    fun nullable(make: Boolean) {
        // ok: java/jdbc-connection
        val c: Connection? = if (make) ds.connection else null
        // ok: java/jdbc-statement
        c?.use { it.createStatement().close() }
    }

    fun nullableFinally() {
        var c: Connection? = null
        var ps: PreparedStatement? = null
        try {
            c = ds.connection
            // ok: java/jdbc-statement
            ps = c.prepareStatement("select 1")
            ps.execute()
        } finally {
            ps?.close()
            c?.close()
        }
    }

    fun nullableLeak() {
        var c: Connection? = null
        try {
            // todoruleid: java/jdbc-connection
            c = ds.connection
            c.isReadOnly = true
            c.close()
        } catch (e: SQLException) {
            log.warn("x", e)
        }
    }

    // ok: java/jdbc-connection
    fun let(id: Long): Int? = ds.connection?.let { c ->
        try {
            c.createStatement().use { it.executeUpdate("delete from x where id = $id") }
        } finally {
            c.close()
        }
    }

    fun letLeak(id: Long): Int? =
        // ruleid: java/jdbc-connection
        ds.connection?.let { c ->
            // ok: java/jdbc-statement
            c.createStatement().use { it.executeUpdate("delete from x where id = $id") }
        }

    // ok: java/jdbc-connection
    fun run(): Int = ds.connection.run {
        try {
            holdability
        } finally {
            close()
        }
    }

    // ok: java/jdbc-connection
    fun with(): Int = with(ds.connection) {
        use { holdability }
    }

    // todook: java/jdbc-connection
    fun open(): Connection = ds.connection.also { it.autoCommit = true }

    fun useOpen(): Int {
        // ruleid: java/jdbc-connection
        val c = open()
        return c.holdability
    }

    fun useOpenClosed(): Int = open().use { it.holdability }

    inline fun <R> session(block: Connection.() -> R): R {
        // ok: java/jdbc-connection
        val c = ds.connection
        try {
            return c.block()
        } finally {
            c.close()
        }
    }

    fun inSession(): Int = session { holdability }

    fun inSessionLeak(): Int = session {
        // todoruleid: java/jdbc-statement
        val ps = prepareStatement("x")
        ps.executeUpdate()
    }

    fun whenBranches(c: Connection, kind: String): Int {
        // ruleid: java/jdbc-statement
        val ps = c.prepareStatement("x")
        return when (kind) {
            "a" -> ps.executeUpdate().also { ps.close() }
            "b" -> 0
            else -> throw IllegalArgumentException(kind)
        }
    }

    fun whenClosed(c: Connection, kind: String): Int {
        // ok: java/jdbc-statement
        val ps = c.prepareStatement("x")
        try {
            return when (kind) {
                "a" -> ps.executeUpdate()
                else -> error("no $kind")
            }
        } finally {
            ps.close()
        }
    }

    fun each(c: Connection, ids: List<Long>) {
        ids.forEach { id ->
            // ruleid: java/jdbc-statement
            val ps = c.prepareStatement("x")
            if (id < 0) return@forEach
            ps.setLong(1, id)
            ps.executeUpdate()
            ps.close()
        }
    }

    fun eachClosed(c: Connection, ids: List<Long>) {
        for (id in ids) {
            // ok: java/jdbc-statement
            c.prepareStatement("x").use { ps ->
                if (id < 0) return@use
                ps.setLong(1, id)
                ps.executeUpdate()
            }
        }
    }

    fun sequence(c: Connection): Sequence<String> = sequence {
        // ok: java/jdbc-statement
        c.createStatement().use { st ->
            st.executeQuery("x").use { rs -> while (rs.next()) yield(rs.getString(1)) }
        }
    }

    fun catching(): Result<Int> = runCatching {
        // ok: java/jdbc-connection
        ds.connection.use { it.holdability }
    }

    fun catchingLeak(): Int = runCatching {
        // ruleid: java/jdbc-connection
        val c = ds.connection
        c.holdability
    }.getOrDefault(0)

    fun destructured(c: Connection) {
        // ok: java/jdbc-statement
        val (ps, n) = c.prepareStatement("x") to 1
        ps.use { it.setInt(1, n) }
    }

    fun takeIf(c: Connection, ok: Boolean) {
        // ok: java/jdbc-statement
        c.prepareStatement("x").takeIf { ok }?.use { it.execute() }
    }
}
