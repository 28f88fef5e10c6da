"""Opens TCP sockets of many states in the network namespace that it was started in, says which, and holds them until its input ends. Each line of
the input is a shell script as JSON text; its output is answered the same way."""
import ctypes, json, os, socket, subprocess, sys, threading, time

subprocess.run("ip link set lo up; ip link add held0 type veth peer name held1; ip addr add 10.99.0.1/24 dev held0; ip link set held1 up; ip link set held0 arp off up; ip addr add fd99::1/64 dev held0 nodad; sysctl -q -w net.ipv4.tcp_syn_retries=20", shell=True, check=True)
sockets, keep = [], []


def note(state, handle, remote=None, owned=True):
    local = handle if isinstance(handle, tuple) else handle.getsockname()
    sockets.append({"state": state, "local": list(local[:2]), "remote": list((remote or ("::", 0))[:2]), "fd": handle.fileno() if owned else None})


def listen(family, address, port, only_v6=False):
    handle = socket.socket(family)
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if only_v6:
        handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    handle.bind((address, port))
    handle.listen(9)
    keep.append(handle)
    note("LISTEN", handle)
    return handle


def pair(listener, address, source=None):
    near = socket.create_connection(address, source_address=source)
    far, _ = listener.accept()
    keep.extend((near, far))
    return near, far


four = listen(socket.AF_INET, "0.0.0.0", 41001)
six = listen(socket.AF_INET6, "fd99::1", 41002, True)
dual = listen(socket.AF_INET6, "::", 41003)
for listener, address in ((four, ("10.99.0.1", 41001)), (six, ("fd99::1", 41002))):
    near, far = pair(listener, address)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    far.send(b"unread")
    note("ESTABLISHED", near, near.getpeername())
    note("ESTABLISHED", far, far.getpeername())
    near, far = pair(listener, address)
    far.shutdown(socket.SHUT_WR)
    note("CLOSE_WAIT", near, near.getpeername())
    note("FIN_WAIT_2", far, far.getpeername())
near, far = pair(dual, ("127.0.0.1", 41003))
note("ESTABLISHED", near, near.getpeername())
note("ESTABLISHED", far, ("127.0.0.1", near.getsockname()[1]))
sockets[-1]["local"][0] = "127.0.0.1"
near, far = pair(four, ("127.0.0.1", 41001))
gone, peer = near.getsockname(), near.getpeername()
keep.remove(near), keep.remove(far)
near.close(), far.recv(1), far.close()
note("TIME_WAIT", gone, peer, owned=False)
waiting = socket.create_connection(("127.0.0.1", 41001))
keep.append(waiting)
note("ESTABLISHED", waiting, waiting.getpeername())
note("ESTABLISHED", waiting.getpeername(), waiting.getsockname(), owned=False)
asking = socket.socket()
asking.setblocking(False)
asking.connect_ex(("10.99.0.77", 5432))
keep.append(asking)
note("SYN_SENT", asking, ("10.99.0.77", 5432))
sockets[0]["queue"] = 1

dead = [socket.socket() for _ in range(6)]
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.bind(("127.0.0.1", 41005))
unix = socket.socketpair()
# A second thread, and a name with a blank: what lsof and ss -T make of them.
ctypes.CDLL(None).prctl(15, b"real sockets", 0, 0, 0)
threading.Thread(target=threading.Event().wait, daemon=True).start()
# Until the FINs are answered: FIN_WAIT_1 becomes FIN_WAIT_2 then.
for _ in range(100):
    if " 04 " not in open("/proc/net/tcp").read() + open("/proc/net/tcp6").read():
        break
    time.sleep(0.05)
print(json.dumps({"pid": os.getpid(), "process": "real sockets", "dead": len(dead), "sockets": sockets}), flush=True)
for line in sys.stdin:
    script = subprocess.run(["bash", "-c", json.loads(line)], stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"})
    print(json.dumps(script.stdout.decode("utf-8", "replace")), flush=True)
