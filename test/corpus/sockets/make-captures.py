#!/usr/bin/env python3
"""Makes the captures beside this file: opens TCP sockets in every state between two network namespaces of its own, runs the real tools on
them, and writes what it opened to expected.json. Run as root on Linux with iproute2, net-tools, busybox and script(1).

The far end of the stuck connections is no kernel but this script: it answers (or does not) with hand-made segments from an address that
nobody has, so each connection stays in the state that it was led into."""
import ctypes, json, os, socket, struct, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
NEAR, FAR = f"mkc{os.getpid()}a", f"mkc{os.getpid()}b"
GHOST, SERVER = "10.77.0.99", "10.77.0.2"
libc = ctypes.CDLL(None, use_errno=True)
expected = []


def run(command, **more):
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True, **more).stdout


def enter(name):
    with open(f"/run/netns/{name}") as handle:
        if libc.setns(handle.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Ghost:
    """The far end of one connection."""

    def __init__(self, raw, sniff, port, server_port):
        self.raw, self.sniff, self.port, self.server_port = raw, sniff, port, server_port
        self.seq, self.ack = 1000, 0

    def send(self, flags, data=b""):
        head = struct.pack("!HHIIBBHHH", self.port, self.server_port, self.seq, self.ack, 5 << 4, flags, 65535, 0, 0)
        pseudo = socket.inet_aton(GHOST) + socket.inet_aton(SERVER) + struct.pack("!BBH", 0, 6, len(head) + len(data))
        head = head[:16] + struct.pack("!H", checksum(pseudo + head + data)) + head[18:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(head) + len(data), 0, 0, 64, 6, 0, socket.inet_aton(GHOST), socket.inet_aton(SERVER))
        self.raw.sendto(ip + head + data, (SERVER, 0))

    def receive(self, flags):
        end = time.time() + 5
        while time.time() < end:
            packet = self.sniff.recv(65535)
            if packet[9] != 6 or packet[16:20] != socket.inet_aton(GHOST):
                continue
            tcp = packet[(packet[0] & 15) * 4:]
            source, target, seq, _ack, _off, got = struct.unpack("!HHIIBB", tcp[:14])
            if target == self.port and source == self.server_port and got & flags == flags:
                return seq
        raise TimeoutError(f"no segment with flags {flags}")

    def handshake(self):
        self.send(2)
        self.ack = (self.receive(18) + 1) & 0xFFFFFFFF
        self.seq += 1
        self.send(16)


FIN, ACK = 1, 16


def note(state, local, remote, recv=0, owned=True, family=4):
    expected.append({"state": state, "local": local, "remote": remote, "recvQueue": recv, "owned": owned, "family": family})


def main():
    run(f"ip netns add {NEAR}; ip netns add {FAR}; ip link add mkva type veth peer name mkvb; ip link set mkva netns {FAR}; ip link set mkvb netns {NEAR}")
    run(f"ip -n {FAR} addr add 10.77.0.1/24 dev mkva; ip -n {NEAR} addr add {SERVER}/24 dev mkvb")
    run(f"ip -n {FAR} addr add fd77::1/64 dev mkva nodad; ip -n {NEAR} addr add fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2/64 dev mkvb nodad; ip -n {NEAR} addr add fd77::2/64 dev mkvb nodad")
    for name, link in ((NEAR, "mkvb"), (FAR, "mkva")):
        run(f"ip -n {name} link set lo up; ip -n {name} link set {link} up")
    mac = json.loads(run(f"ip -n {FAR} -j link show mkva"))[0]["address"]
    run(f"ip -n {NEAR} neigh add {GHOST} lladdr {mac} dev mkvb")
    time.sleep(2)

    enter(FAR)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sniff = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    sniff.settimeout(5)
    enter(NEAR)

    keep = []
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 8080))
    listener.listen(16)
    note("LISTEN", ["0.0.0.0", 8080], ["0.0.0.0", 0])
    dual = socket.socket(socket.AF_INET6)
    dual.bind(("::", 8081))
    dual.listen(7)
    note("LISTEN", ["::", 8081], ["::", 0], family=6)
    only6 = socket.socket(socket.AF_INET6)
    only6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    only6.bind(("fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 8082))
    only6.listen(5)
    note("LISTEN", ["fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 8082], ["::", 0], family=6)

    def accepted(port):
        ghost = Ghost(raw, sniff, port, 8080)
        ghost.handshake()
        connection, _ = listener.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        keep.append(connection)
        return ghost, connection

    here = [SERVER, 8080]
    ghost, _ = accepted(40001)
    ghost.send(ACK | 8, b"x" * 119)
    note("ESTABLISHED", here, [GHOST, 40001], 119)
    for port, payload in ((40002, b""), (40003, b"y" * 24)):
        ghost, _ = accepted(port)
        if payload:
            ghost.send(ACK | 8, payload)
            ghost.seq += len(payload)
        ghost.send(FIN | ACK)
        note("CLOSE_WAIT", here, [GHOST, port], len(payload) + 1)
    ghost, connection = accepted(40004)
    ghost.send(FIN | ACK)
    connection.settimeout(5)
    assert connection.recv(10) == b""
    note("CLOSE_WAIT", here, [GHOST, 40004], 0)

    ghost, connection = accepted(40005)
    connection.shutdown(socket.SHUT_WR)
    ghost.receive(FIN)
    note("FIN_WAIT_1", here, [GHOST, 40005])
    ghost, connection = accepted(40006)
    connection.shutdown(socket.SHUT_WR)
    ghost.ack = ghost.receive(FIN) + 1
    ghost.send(ACK)
    note("FIN_WAIT_2", here, [GHOST, 40006])
    # The kernel unhashes nothing while the process holds the descriptor: CLOSING and LAST_ACK with and without an owner.
    ghost, connection = accepted(40007)
    connection.shutdown(socket.SHUT_WR)
    ghost.receive(FIN)
    ghost.send(FIN | ACK)
    note("CLOSING", here, [GHOST, 40007], 1)
    ghost, connection = accepted(40008)
    ghost.send(FIN | ACK)
    assert connection.recv(10) == b""
    keep.remove(connection)
    connection.close()
    note("LAST_ACK", here, [GHOST, 40008], owned=False)
    ghost, connection = accepted(40009)
    connection.shutdown(socket.SHUT_WR)
    ghost.ack = ghost.receive(FIN) + 1
    ghost.send(FIN | ACK)
    assert connection.recv(10) == b""
    keep.remove(connection)
    connection.close()
    note("TIME_WAIT", here, [GHOST, 40009], owned=False)
    # Never accepted: the handshake is done, bytes wait, and the peer has given up on one of the two.
    ghost = Ghost(raw, sniff, 40010, 8080)
    ghost.handshake()
    ghost.send(ACK | 8, b"z" * 50)
    note("ESTABLISHED", here, [GHOST, 40010], 50, owned=False)
    ghost = Ghost(raw, sniff, 40011, 8080)
    ghost.handshake()
    ghost.send(ACK | 8, b"z" * 60)
    ghost.seq += 60
    ghost.send(FIN | ACK)
    note("CLOSE_WAIT", here, [GHOST, 40011], 61, owned=False)
    expected[0]["recvQueue"] = 2
    # A v4 client of the dual-stack listener, a v6 pair, and a scoped one.
    mapped = socket.create_connection((SERVER, 8081))
    mapped_far, _ = dual.accept()
    keep += [mapped, mapped_far]
    note("ESTABLISHED", list(mapped.getsockname()), [SERVER, 8081])
    note("ESTABLISHED", [SERVER, 8081], list(mapped.getsockname()), family=6)
    six = socket.create_connection(("fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 8082), source_address=("fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 0))
    six_far, _ = only6.accept()
    keep += [six, six_far]
    note("ESTABLISHED", list(six.getsockname()[:2]), ["fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 8082], family=6)
    note("ESTABLISHED", ["fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:2", 8082], list(six.getsockname()[:2]), family=6)
    link_local = run("ip -o -6 addr show dev mkvb scope link").split()[3].split("/")[0]
    scoped = socket.socket(socket.AF_INET6)
    scoped.bind((link_local, 8083, 0, socket.if_nametoindex("mkvb")))
    scoped.listen(3)
    keep.append(scoped)
    note("LISTEN", [link_local, 8083], ["::", 0], family=6)
    outward = socket.socket()
    outward.setblocking(False)
    outward.connect_ex((GHOST, 3306))
    keep.append(outward)
    note("SYN_SENT", list(outward.getsockname()), [GHOST, 3306])
    half = Ghost(raw, sniff, 40012, 8080)
    half.send(2)
    half.receive(18)
    note("SYN_RECEIVED", here, [GHOST, 40012], owned=False)
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.bind(("127.0.0.1", 5353))
    keep.append(datagram)

    time.sleep(0.6)
    commands = {
        "ss-tanpoie": "ss -tanpoie", "ss-tanpoieHO": "ss -tanpoieHO", "ss-tanpoieH": "ss -tanpoieH", "ss-tanp": "ss -tanp", "ss-tan": "ss -tan",
        "ss-tanoe": "ss -tanoe", "ss-tanmi": "ss -tanmi", "ss-tuanp": "ss -tuanp", "ss-anp": "ss -anp", "ss-tap-names": "ss -tap",
        "ss-close-wait": "ss -tanp state close-wait", "ss-lntp": "ss -lntp", "ss-threads": "ss -tanpT", "ss-6": "ss -6tanp", "ss-uanp": "ss -uanp",
        "ss-s": "ss -s",
        "ss-80-columns": "script -qec 'stty cols 80; ss -tanpoi' /dev/null", "ss-46-columns": "script -qec 'stty cols 46; ss -tanp' /dev/null",
        "netstat-anpo": "netstat -anpo", "netstat-tanpoe": "netstat -tanpoe", "netstat-tanpoeeW": "netstat -tanpoeeW", "netstat-tan": "netstat -tan",
        "netstat-tanp": "netstat -tanp", "netstat-tap-names": "netstat -tapW", "netstat-not-root": "setpriv --reuid=65534 --regid=65534 --clear-groups netstat -tanpo 2>&1",
        "ss-not-root": "setpriv --reuid=65534 --regid=65534 --clear-groups ss -tanpe", "netstat-uanpe": "netstat -uanpe",
        "busybox-netstat-tan": "busybox netstat -tan", "busybox-netstat-tane": "busybox netstat -tane", "proc-net-tcp": "cat /proc/net/tcp", "proc-net-tcp6": "cat /proc/net/tcp6",
        "proc-net-udp": "cat /proc/net/udp", "awk-states": "netstat -tan | awk '{++S[$NF]} END {for (a in S) print a, S[a]}'",
        "uniq-states": "ss -tan | awk '{print $1}' | sort | uniq -c", "lsof-p": f"lsof -nP -a -p {os.getpid()} -d '^mem,^txt'", "lsof-i-threads": f"lsof -nP -K -a -i -p {os.getpid()} -Tqs -R", "lsof-i-names": "lsof -i",
        "lsof-fields": f"lsof -nP -a -p {os.getpid()} -d '^mem' -F", "lsof-fields-nul": f"lsof -nP -a -i -p {os.getpid()} -F0 -K", "proc-net-sockstat": "cat /proc/net/sockstat /proc/net/sockstat6",
        "proc-net-netstat": "cat /proc/net/netstat /proc/net/snmp", "nstat": "nstat -az",
    }
    for name, command in commands.items():
        # SYN_RECEIVED lives for a few retransmissions only: renew it, so that every capture has it.
        half.send(2)
        text = run(command + " || true", env={**os.environ, "LC_ALL": "C"})
        with open(os.path.join(HERE, name + ".txt"), "w") as out:
            out.write(text)
    with open(os.path.join(HERE, "expected.json"), "w") as out:
        json.dump({"pid": os.getpid(), "process": open("/proc/self/comm").read().strip(), "udp": [["127.0.0.1", 5353]], "sockets": expected}, out, indent=1)
        out.write("\n")


try:
    main()
finally:
    for name in (NEAR, FAR):
        subprocess.run(["ip", "netns", "del", name], check=False)
