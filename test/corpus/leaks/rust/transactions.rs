use deadpool_postgres::{Client, Pool};

pub struct Accounts {
    pool: Pool,
}

impl Accounts {
    pub async fn left_by_question_mark(&self) -> Result<(), Error> {
        let client: Client = self.pool.get().await?;
        // ruleid: rust/postgres-transaction
        client.batch_execute("BEGIN").await?;
        client.execute("UPDATE account SET amount = 0", &[]).await?;
        client.batch_execute("COMMIT").await?;
        Ok(())
    }

    pub async fn early(&self, amount: i64) -> Result<(), Error> {
        let client: Client = self.pool.get().await?;
        // ruleid: rust/postgres-transaction
        client.batch_execute("BEGIN").await?;
        if amount == 0 {
            return Ok(());
        }
        client.batch_execute("COMMIT").await?;
        Ok(())
    }

    pub async fn rolled_back(&self) -> Result<(), Error> {
        let client: Client = self.pool.get().await?;
        // ok: rust/postgres-transaction
        client.batch_execute("BEGIN").await?;
        match client.execute("UPDATE account SET amount = 0", &[]).await {
            Ok(_) => client.batch_execute("COMMIT").await,
            Err(error) => {
                client.batch_execute("ROLLBACK").await?;
                Err(error)
            }
        }
    }

    pub async fn guarded(&self) -> Result<(), Error> {
        let mut client: Client = self.pool.get().await?;
        // ok: rust/postgres-transaction
        let transaction = client.transaction().await?;
        transaction.execute("UPDATE account SET amount = 0", &[]).await?;
        transaction.commit().await
    }

    /// A connection of its own: dropping it closes it, and the server rolls back.
    pub async fn own(&self, client: tokio_postgres::Client) -> Result<(), Error> {
        // ok: rust/postgres-transaction
        client.batch_execute("BEGIN").await?;
        client.batch_execute("COMMIT").await
    }
}
