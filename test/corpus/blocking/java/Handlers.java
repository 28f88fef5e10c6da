package shop;

import java.util.concurrent.CompletableFuture;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.client.RestTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class Handlers {
  private final JdbcTemplate jdbc;
  private final RestTemplate rest;

  Handlers(JdbcTemplate jdbc, RestTemplate rest) {
    this.jdbc = jdbc;
    this.rest = rest;
  }

  private String name(int id) {
    return jdbc.queryForObject("SELECT name FROM item WHERE id = ?", String.class, id);
  }

  Mono<String> direct(int id) {
    // ruleid: java/blocking-jdbc
    return Mono.just(jdbc.queryForObject("SELECT name FROM item WHERE id = ?", String.class, id));
  }

  Mono<String> helper(int id) {
    // ruleid: java/blocking-jdbc
    return Mono.just(name(id));
  }

  Mono<String> elsewhere(int id) {
    // ok: java/blocking-jdbc
    return Mono.fromCallable(() -> name(id)).subscribeOn(Schedulers.boundedElastic());
  }

  Mono<String> chained(int id) {
    return Mono.just(id).map(one -> {
      // ruleid: java/blocking-http
      return rest.getForObject("http://items/" + one, String.class);
    });
  }

  String servlet(int id) {
    // ok: java/blocking-jdbc
    return name(id);
  }

  CompletableFuture<String> pooled(int id) {
    // ok: java/blocking-jdbc
    return CompletableFuture.supplyAsync(() -> name(id));
  }

  Mono<String> waited(Mono<String> other) {
    // ruleid: java/blocking-block
    return Mono.just(other.block());
  }

  Mono<String> joined(Mono<String> other) {
    // ok: java/blocking-block
    return other.flatMap(one -> Mono.just(one + "!"));
  }

  /** A method of our own by the same name. */
  static class Road {
    String block() {
      return "closed";
    }
  }

  Mono<String> road(Road road) {
    // ok: java/blocking-block
    return Mono.just(road.block());
  }
}
