package shop.store

import jakarta.persistence.EntityManager
import java.sql.Connection
import javax.sql.DataSource

class Transactions(private val source: DataSource) {
    fun early(connection: Connection, amount: Int) {
        // ruleid: java/jdbc-transaction
        connection.autoCommit = false
        if (amount == 0) return
        connection.commit()
    }

    fun rolledBack(connection: Connection, amount: Int) {
        // ok: java/jdbc-transaction
        connection.autoCommit = false
        try {
            if (amount == 0) throw IllegalStateException("nothing")
            connection.commit()
        } catch (e: Exception) {
            connection.rollback()
            throw e
        }
    }

    fun inBlock(amount: Int) {
        source.connection.use { connection ->
            // ok: java/jdbc-transaction
            connection.autoCommit = false
            if (amount == 0) return
            connection.commit()
        }
    }

    fun <T> transactional(block: (Connection) -> T): T = source.connection.use { connection ->
        // ok: java/jdbc-transaction
        connection.autoCommit = false
        try {
            block(connection).also { connection.commit() }
        } catch (e: Throwable) {
            connection.rollback()
            throw e
        }
    }

    fun entity(manager: EntityManager, item: Any, really: Boolean) {
        // ruleid: java/jpa-transaction
        manager.transaction.begin()
        if (!really) return
        manager.persist(item)
        manager.transaction.commit()
    }

    fun entitySafely(manager: EntityManager, item: Any) {
        // ok: java/jpa-transaction
        manager.transaction.begin()
        try {
            manager.persist(item)
            manager.transaction.commit()
        } catch (e: RuntimeException) {
            manager.transaction.rollback()
            throw e
        }
    }
}
