/* leaker PORT COUNT: serves itself on loopback, hangs up COUNT connections, and never closes the clients' ends: COUNT times CLOSE_WAIT. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (struct sockaddr *)&at, sizeof at) != 0 || listen(server, 64) != 0) return 1;
  for (int left = atoi(argv[2]); left > 0; left--) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (struct sockaddr *)&at, sizeof at) != 0) return 2;
    close(accept(server, NULL, NULL));
  }
  puts("leaking");
  fflush(stdout);
  for (;;) pause();
}
