import { describe, expect, it } from "vitest";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { findingsIn } from "../rules/findings-in";

const RULES = loadBuiltInRules();

/** The confidence of the one transaction that `begin` opens and an early return leaves open. */
async function confidenceOf(begin: string, before = ""): Promise<string> {
  const text = `package shop

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"
)

var key = time.Now()

func buy(db *sql.DB, outer context.Context, r *http.Request, n int) error {
	${before}
	tx, err := ${begin}
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("nothing to buy")
	}
	return tx.Commit()
}
`;
  const found = (await findingsIn(RULES, [{ file: "shop/buy.go", module: "example.test/shop", text }])).filter((finding) => finding.rule === "go/sql-transaction");
  expect(found).toHaveLength(1);
  expect(found[0]!.advice.includes("rolls back by itself")).toBe(found[0]!.confidence === "medium");
  return found[0]!.confidence;
}

describe("a transaction whose context ends", () => {
  it("is less sure to stay open: database/sql rolls it back then", async () => {
    expect(await confidenceOf("db.BeginTx(r.Context(), nil)")).toBe("medium");
    expect(await confidenceOf("db.BeginTx(ctx, nil)", "ctx := r.Context()")).toBe("medium");
    expect(await confidenceOf("db.BeginTx(ctx, nil)", "ctx, cancel := context.WithTimeout(outer, time.Second)\n\tdefer cancel()")).toBe("medium");
    expect(await confidenceOf("db.BeginTx(context.WithValue(r.Context(), key, 1), nil)")).toBe("medium");
  });

  it("stays open where nothing shows that the context ends", async () => {
    expect(await confidenceOf("db.BeginTx(outer, nil)")).toBe("high");
    expect(await confidenceOf("db.BeginTx(context.Background(), nil)")).toBe("high");
    expect(await confidenceOf("db.BeginTx(context.WithoutCancel(r.Context()), nil)")).toBe("high");
    expect(await confidenceOf("db.Begin()")).toBe("high");
  });
});
