import { describe, expect, test } from "vitest";
import { LANGUAGES } from "../../../src/locate/languages/registry";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { textAnalysis } from "../text-analysis";

const confidences = async (file: string, text: string): Promise<readonly string[]> => {
  const { findings } = await textAnalysis(LANGUAGES, loadBuiltInRules(), [{ file, text, module: "example" }]);
  return findings.filter(({ rule }) => rule !== "go/http-body-not-drained").map(({ range, rule, confidence }) => `${range.start.line} ${rule} ${confidence}`);
};

const CLIENT = (ending: string): string => `package client
import "net/http"
type Client struct{ http *http.Client }
func (c *Client) ask(url string) (*http.Response, error) {
	response, err := c.http.Get(url)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusNoContent {
		response.Body.Close()
		return nil, ${ending}
	}
	return response, nil
}
func (c *Client) put(url string) (*http.Response, error) { return c.ask(url) }
func (c *Client) Touch(url string) error {
	_, err := c.put(url)
	return err
}
`;

describe("high is for what is surely open", () => {
  test("a helper that closes on some way that ends well gives its callers less than certainty, through another helper too", async () => {
    expect(await confidences("client.go", CLIENT("nil"))).toEqual(["17 go/http-response-body medium"]);
  });

  test("a helper that closes and fails is certain where it does not fail", async () => {
    expect(await confidences("client.go", CLIENT('http.ErrNoLocation'))).toEqual(["17 go/http-response-body high"]);
  });

  test("a context whose parent never ends holds nothing; with a time limit its timer is held", async () => {
    const text = (call: string): string => `package work
import ("context"; "time")
var _ = time.Second
func Run(parent context.Context, load func(context.Context) error) error {
	ctx, cancel := ${call}
	if err := load(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}
`;
    expect(await confidences("work.go", text("context.WithCancel(context.Background())"))).toEqual(["5 go/context-cancel medium"]);
    expect(await confidences("work.go", text("context.WithCancel(parent)"))).toEqual(["5 go/context-cancel high"]);
    expect(await confidences("work.go", text("context.WithTimeout(context.Background(), time.Second)"))).toEqual(["5 go/context-cancel high"]);
  });
});
