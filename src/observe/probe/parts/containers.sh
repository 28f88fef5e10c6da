# What the containers are called, from the engines' own clients, where an engine of this very host can be asked at once: read-only questions, named
# fields alone (never the environment), bounded. Lines: "C client [...]" a container, "P [...]" a pod's addresses, "L file" a node's log file,
# "E client code" a client that did not answer.
ids_of() { grep -E '^[0-9a-f]{64}$'; }
ask_engine() {
  engine=$1
  shift
  engine_ids=$(limit 2 "$@" ps -q --no-trunc | ids_of)
  if [ -z "$engine_ids" ]; then
    # Nothing runs, or nothing was said: the question is asked once more for its exit code alone.
    limit 2 "$@" ps -q >/dev/null || echo "E $engine $?"
    return 0
  fi
  limit 2 "$@" inspect --type container --format 'C '"$engine"' [{{json .ID}},{{json .Name}},{{json .Config.Image}},{{json .State.Pid}},{{json (index .Config.Labels "com.docker.compose.project")}},{{json (index .Config.Labels "com.docker.compose.service")}},{{json (index .Config.Labels "io.kubernetes.pod.namespace")}},{{json (index .Config.Labels "io.kubernetes.pod.name")}},{{json (index .Config.Labels "io.kubernetes.container.name")}},[{{range $name, $net := .NetworkSettings.Networks}}[{{json $name}},{{json $net.IPAddress}},{{json $net.GlobalIPv6Address}}],{{end}}null]]' $engine_ids || echo "E $engine $?"
}
look_containers() {
  [ -z "$within" ] || return 0
  say containers
  if has docker; then
    # Only an engine of this host: the containers of another one have nothing to do with these sockets.
    case ${DOCKER_HOST:-} in
      unix:///*) ;;
      *) DOCKER_HOST=unix:///var/run/docker.sock ;;
    esac
    if [ -w "${DOCKER_HOST#unix://}" ]; then
      export DOCKER_HOST
      ask_engine docker docker
    elif [ -S "${DOCKER_HOST#unix://}" ]; then echo 'E docker denied'
    fi
  fi
  # podman makes its folders when it is first asked: only where it has them.
  if has podman && { [ -d "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/libpod" ] || { [ -w /run ] && [ -d /run/libpod ]; }; }; then
    ask_engine podman podman
  fi
  if has nerdctl && [ -w /run/containerd/containerd.sock ]; then ask_engine nerdctl nerdctl; fi
  if has crictl; then
    for socket in /run/containerd/containerd.sock /run/crio/crio.sock /run/k3s/containerd/containerd.sock; do
      [ -w "$socket" ] || continue
      engine_ids=$(limit 2 crictl --runtime-endpoint "unix://$socket" ps -q --no-trunc | ids_of)
      [ -n "$engine_ids" ] || continue
      limit 2 crictl --runtime-endpoint "unix://$socket" inspect --output go-template --template 'C crictl [{{json .status.id}},{{json .status.metadata.name}},{{json .status.image.image}},{{json .info.pid}},null,null,{{json (index .status.labels "io.kubernetes.pod.namespace")}},{{json (index .status.labels "io.kubernetes.pod.name")}},{{json (index .status.labels "io.kubernetes.container.name")}},[null]]' $engine_ids || echo "E crictl $?"
      engine_ids=$(limit 2 crictl --runtime-endpoint "unix://$socket" pods -q --no-trunc --state ready | ids_of)
      [ -n "$engine_ids" ] || continue
      limit 2 crictl --runtime-endpoint "unix://$socket" inspectp --output go-template --template 'P [{{json .status.metadata.namespace}},{{json .status.metadata.name}},{{json .status.network.ip}}]' $engine_ids
    done
  fi
  # A kubelet names each container in the name of its log: pod_namespace_container-id.log.
  if [ -d /var/log/containers ]; then limit 2 ls /var/log/containers | sed -n 's/^/L /p'; fi
}
