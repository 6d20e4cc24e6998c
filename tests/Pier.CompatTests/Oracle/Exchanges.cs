namespace Pier.CompatTests.Oracle;

/// <summary>A request that both daemons get. "{box}" and the like stand for ids that earlier answers gave.</summary>
/// <param name="Keep">The name under which the answer's Id is kept.</param>
public sealed record Exchange(string Method, string Path, string? Body = null, string? Keep = null)
{
    public override string ToString() => $"{Method} {Path}{(Body is null ? "" : " " + Body)}";
}

/// <summary>The requests, in an order in which each finds what it needs.</summary>
static class Exchanges
{
    const string Create = "/containers/create";

    /// <summary>What a peer of this version of the API is asked.</summary>
    public static IReadOnlyList<Exchange> For(DockerPeer peer) => peer.Api < 45 ? All : [.. All, .. NewerExchanges.All];

    static IReadOnlyList<Exchange> All =>
        [
            .. System,
            .. Volumes,
            .. Creation,
            .. BadCreation,
            .. Life,
            .. Reading,
            .. Files,
            .. Execs,
            .. Images,
            .. Networks,
            .. Missing,
            .. End,
        ];

    static Exchange Get(string path) => new("GET", path);

    static Exchange Post(string path, string? body = null, string? keep = null) => new("POST", path, body, keep);

    static Exchange Delete(string path) => new("DELETE", path);

    static Exchange Bad(string host) => Post(Create, $"{{\"Image\":\"busybox\",\"Cmd\":[\"true\"],\"HostConfig\":{host}}}");

    static readonly Exchange[] System =
    [
        Get("/_ping"),
        Get("/version"),
        Get("/info"),
        Get("/system/df"),
        Get("/nosuch"),
        Post("/info"),
        Get("/events?since=1&until=2"),
        Get("/events?since=x"),
        Get("/events?until=x"),
        Get("/events?until=1&filters={"),
        Get("/events?until=1&filters={\"nosuch\":[\"x\"]}"),
    ];

    static readonly Exchange[] Volumes =
    [
        Post("/volumes/create", """{"Name":"orvol","Labels":{"a":"b"}}"""),
        Post("/volumes/create", """{"Name":"orvol"}"""),
        Post("/volumes/create", """{"Name":"x"}"""),
        Post("/volumes/create", """{"Name":"bad name"}"""),
        Post("/volumes/create", """{"Name":"ornone","Driver":"nosuch"}"""),
        Post("/volumes/create", "{"),
        Post("/volumes/create", """{"Name":"oropt","DriverOpts":{"nosuch":"x"}}"""),
        Post("/volumes/create", """{"Name":"oropt","DriverOpts":{"type":"tmpfs"}}"""),
        Get("/volumes"),
        Get("/volumes/orvol"),
        Get("/volumes/nosuch"),
        Get("/volumes?filters={\"nosuch\":[\"x\"]}"),
        Get("/volumes?filters={\"dangling\":[\"x\"]}"),
        Delete("/volumes/nosuch"),
        Delete("/volumes/nosuch?force=1"),
    ];

    static readonly Exchange[] Creation =
    [
        Post(
            Create + "?name=orbox",
            """{"Image":"busybox","Cmd":["sh","-c","echo out; echo err >&2; touch /new; exec sleep 1000"],"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"HostConfig":{"Binds":["orvol:/data"],"Memory":67108864,"PidsLimit":50}}""",
            "box"
        ),
        Post(Create + "?name=ordone", """{"Image":"busybox","Cmd":["sh","-c","exit 3"],"HostConfig":{"NetworkMode":"none"}}""", "done"),
        Post(
            Create + "?name=ortty",
            """{"Image":"busybox","Cmd":["cat"],"Tty":true,"OpenStdin":true,"HostConfig":{"NetworkMode":"host"}}""",
            "tty"
        ),
        Post(Create + "?name=orbox", """{"Image":"busybox","Cmd":["true"]}"""),
        Post(Create + "?name=bad/name", """{"Image":"busybox"}"""),
        Post(Create + "?name=x", """{"Image":"busybox","Cmd":["true"]}"""),
    ];

    static readonly Exchange[] BadCreation =
    [
        Post(Create, "{"),
        Post(Create, ""),
        Post(Create, "{}"),
        Post(Create, """{"HostConfig":{}}"""),
        Post(Create, """{"Image":"nosuch"}"""),
        Post(Create, """{"Image":"busybox"}"""),
        Post(Create, """{"Image":"Bad Name","Cmd":["x"]}"""),
        Post(Create, """{"Image":5}"""),
        Post(Create, """{"Image":"busybox","Cmd":5}"""),
        Post(Create, """{"Image":"busybox","Cmd":["true"],"WorkingDir":"rel"}"""),
        Post(Create, """{"Image":"busybox","Cmd":["true"],"StopSignal":"NOSUCH"}"""),
        Post(Create, """{"Image":"busybox","Cmd":["true"],"Env":["=x"]}"""),
        Post(Create, """{"Image":"busybox","Cmd":["true"],"Healthcheck":{"Interval":-1}}"""),
        Post(Create, """{"Image":"busybox","Cmd":["true"],"Hostname":"h","HostConfig":{"UTSMode":"host"}}"""),
        Bad("""{"Memory":1}"""),
        Bad("""{"Memory":10000000,"MemorySwap":5}"""),
        Bad("""{"MemorySwap":5}"""),
        Bad("""{"Memory":10000000,"MemoryReservation":20000000}"""),
        Bad("""{"MemorySwappiness":200}"""),
        Bad("""{"NanoCpus":99000000000}"""),
        Bad("""{"NanoCpus":1000000000,"CpuPeriod":1000}"""),
        Bad("""{"NanoCpus":1000000000,"CpuQuota":1000}"""),
        Bad("""{"CpuPeriod":1}"""),
        Bad("""{"CpuQuota":1}"""),
        Bad("""{"BlkioWeight":5}"""),
        Bad("""{"OomScoreAdj":2000}"""),
        Bad("""{"ShmSize":-1}"""),
        Bad("""{"CpusetCpus":"99"}"""),
        Bad("""{"CpusetCpus":"x"}"""),
        Bad("""{"CpusetMems":"9"}"""),
        Bad("""{"IpcMode":"odd"}"""),
        Bad("""{"PidMode":"odd"}"""),
        Bad("""{"UTSMode":"odd"}"""),
        Bad("""{"UsernsMode":"odd"}"""),
        Bad("""{"CgroupnsMode":"odd"}"""),
        Bad("""{"Isolation":"odd"}"""),
        Bad("""{"RestartPolicy":{"Name":"odd"}}"""),
        Bad("""{"RestartPolicy":{"Name":"always","MaximumRetryCount":1}}"""),
        Bad("""{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":-1}}"""),
        Bad("""{"AutoRemove":true,"RestartPolicy":{"Name":"always"}}"""),
        Bad("""{"CapAdd":["NOSUCH"]}"""),
        Bad("""{"CapDrop":["NOSUCH"]}"""),
        Bad("""{"SecurityOpt":["odd"]}"""),
        Bad("""{"SecurityOpt":["odd=1"]}"""),
        Bad("""{"Runtime":"odd"}"""),
        Bad("""{"LogConfig":{"Type":"odd"}}"""),
        Bad("""{"LogConfig":{"Type":"json-file","Config":{"odd":"1"}}}"""),
        Bad("""{"Binds":["a:b:c:d:e"]}"""),
        Bad("""{"Binds":["/a:/b:odd"]}"""),
        Bad("""{"Binds":["/a:rel"]}"""),
        Bad("""{"Binds":["a b:/x"]}"""),
        Bad("""{"Binds":["/a:/b","/c:/b"]}"""),
        Bad("""{"Binds":["/a:/"]}"""),
        Bad("""{"Mounts":[{"Type":"odd","Target":"/x"}]}"""),
        Bad("""{"Mounts":[{"Type":"bind","Target":"/x"}]}"""),
        Bad("""{"Mounts":[{"Type":"bind","Source":"/nosuch","Target":"/x"}]}"""),
        Bad("""{"Mounts":[{"Type":"bind","Source":"rel","Target":"/x"}]}"""),
        Bad("""{"Mounts":[{"Type":"bind","Source":"/tmp","Target":"rel"}]}"""),
        Bad("""{"Mounts":[{"Type":"tmpfs","Source":"/a","Target":"/x"}]}"""),
        Bad("""{"Mounts":[{"Type":"volume","Source":"v"}]}"""),
        Bad("""{"Tmpfs":{"rel":""}}"""),
        Bad("""{"Tmpfs":{"/x":"odd"}}"""),
        Bad("""{"VolumesFrom":["nosuch"]}"""),
        Bad("""{"VolumesFrom":["a:odd"]}"""),
        Bad("""{"PortBindings":{"x/tcp":[{}]}}"""),
        Bad("""{"PortBindings":{"80/odd":[{}]}}"""),
        Bad("""{"PortBindings":{"80/tcp":[{"HostPort":"x"}]}}"""),
        Bad("""{"ExtraHosts":["bad"]}"""),
        Bad("""{"Ulimits":[{"Name":"nofile","Soft":5,"Hard":3}]}"""),
        Bad("""{"Devices":[{"PathOnHost":"/dev/nosuch","PathInContainer":"/dev/x","CgroupPermissions":"rwm"}]}"""),
        Bad("""{"NetworkMode":"container:x","Dns":["192.0.2.1"]}"""),
        Bad("""{"NetworkMode":"host","Links":["a:b"]}"""),
    ];

    static readonly Exchange[] Life =
    [
        Post("/containers/{box}/pause"),
        Post("/containers/{box}/kill"),
        Post("/containers/{box}/stop"),
        Get("/containers/{box}/json"),
        Get("/containers/{box}/json?size=1"),
        Get("/containers/{box}/logs?stdout=1"),
        Get("/containers/{box}/logs"),
        Get("/containers/{box}/top"),
        Get("/containers/{box}/changes"),
        Get("/containers/{box}/stats?stream=0&one-shot=1"),
        Post("/containers/{box}/resize?h=1&w=1"),
        Post("/containers/{box}/exec", """{"Cmd":["true"]}"""),
        Post("/containers/{box}/start"),
        Post("/containers/{box}/start"),
        Post("/containers/{box}/start", """{"Binds":[]}"""),
        Post("/containers/{done}/start"),
        Post("/containers/{tty}/start"),
        Post("/containers/{done}/wait"),
        Post("/containers/{done}/wait?condition=odd"),
        Post("/containers/{box}/pause"),
        Post("/containers/{box}/pause"),
        Post("/containers/{box}/exec", """{"Cmd":["true"]}"""),
        Post("/containers/{box}/unpause"),
        Post("/containers/{box}/unpause"),
        Post("/containers/{done}/unpause"),
        Post("/containers/{done}/pause"),
        Post("/containers/{done}/kill"),
        Post("/containers/{done}/stop"),
        Post("/containers/{box}/kill?signal=NOSUCH"),
        Post("/containers/{box}/kill?signal=99"),
        Post("/containers/{box}/kill?signal=CONT"),
        Post("/containers/{box}/stop?t=x"),
        Post("/containers/{box}/restart?t=x"),
        Post("/containers/{tty}/resize?h=10&w=20"),
        Post("/containers/{tty}/resize?h=x&w=20"),
        Post("/containers/{tty}/resize"),
        Post("/containers/{box}/rename"),
        Post("/containers/{box}/rename?name=bad/name"),
        Post("/containers/{box}/rename?name=ordone"),
        Post("/containers/{box}/rename?name=orbox"),
        Post("/containers/{box}/rename?name=ornew"),
        Post("/containers/{box}/update", """{"Memory":134217728,"MemorySwap":268435456}"""),
        Post("/containers/{box}/update", """{"Memory":1}"""),
        Post("/containers/{box}/update", """{"RestartPolicy":{"Name":"odd"}}"""),
        Post("/containers/{box}/update", """{"NanoCpus":99000000000}"""),
        Post("/containers/{box}/update", "{"),
        Post("/containers/{box}/update", "{}"),
        Delete("/containers/{box}"),
        Delete("/containers/{box}?link=1"),
    ];

    static readonly Exchange[] Reading =
    [
        Get("/containers/{box}/json"),
        Get("/containers/{done}/json"),
        Get("/containers/{tty}/json?size=1"),
        Get("/containers/json"),
        Get("/containers/json?all=1&size=1"),
        Get("/containers/json?limit=1"),
        Get("/containers/json?limit=x"),
        Get("/containers/json?filters={"),
        Get("/containers/json?filters={\"nosuch\":[\"x\"]}"),
        Get("/containers/json?filters={\"status\":[\"odd\"]}"),
        Get("/containers/json?filters={\"exited\":[\"x\"]}"),
        Get("/containers/json?all=1&filters={\"exited\":[\"3\"]}"),
        Get("/containers/json?filters={\"before\":[\"nosuch\"]}"),
        Get("/containers/json?filters={\"label\":[\"a=b\"]}"),
        Get("/containers/json?filters={\"health\":[\"odd\"]}"),
        Get("/containers/json?filters={\"publish\":[\"odd\"]}"),
        Get("/containers/{box}/stats?stream=0&one-shot=1"),
        Get("/containers/{done}/stats?stream=0&one-shot=1"),
        Get("/containers/{box}/top"),
        Get("/containers/{box}/top?ps_args=aux"),
        Get("/containers/{box}/top?ps_args=-o user"),
        Get("/containers/{done}/top"),
        Get("/containers/{box}/changes"),
        Get("/containers/{done}/changes"),
        Get("/containers/{box}/logs?stdout=1&stderr=1&since=x"),
        Get("/containers/{box}/logs?stdout=1&tail=x"),
        Get("/containers/{box}/logs?stdout=1&until=x"),
        Post("/containers/{box}/attach?stdout=1&detachKeys=odd"),
    ];

    static readonly Exchange[] Files =
    [
        Get("/containers/{box}/archive?path=/nosuch"),
        Get("/containers/{box}/archive"),
        Get("/containers/{box}/archive?path=/new/"),
        new("HEAD", "/containers/{box}/archive?path=/nosuch"),
        new("HEAD", "/containers/{box}/archive?path=/new"),
        new("PUT", "/containers/{box}/archive?path=/nosuch"),
        new("PUT", "/containers/{box}/archive?path=/new"),
        Post("/commit?container={box}&repo=oracle&tag=one", "{}"),
        Post("/commit?container=nosuch", "{}"),
        Post("/commit?container={box}&repo=Bad Name", "{}"),
        Post("/commit?container={box}&changes=ODD x", "{}"),
        Post("/commit", "{}"),
    ];

    static readonly Exchange[] Execs =
    [
        Post("/containers/{box}/exec", """{"Cmd":["true"],"AttachStdout":true}""", "exec"),
        Post("/containers/{box}/exec", "{}"),
        Post("/containers/{box}/exec", "{"),
        Post("/containers/{done}/exec", """{"Cmd":["true"]}"""),
        Post("/containers/{box}/exec", """{"Cmd":["true"],"DetachKeys":"odd"}"""),
        Get("/exec/{exec}/json"),
        Post("/exec/{exec}/resize?h=1&w=1"),
        Post("/exec/{exec}/start", """{"Detach":true}"""),
        Post("/exec/nosuch/start", """{"Detach":true}"""),
        Get("/exec/nosuch/json"),
        Post("/exec/nosuch/resize?h=1&w=1"),
        Post("/containers/{box}/exec", """{"Cmd":["nosuch"]}""", "bad"),
        Post("/exec/{bad}/start", """{"Detach":true}"""),
        Post("/containers/{box}/exec", """{"Cmd":["true"],"User":"nosuch"}""", "user"),
        Post("/exec/{user}/start", """{"Detach":true}"""),
        Post("/containers/{box}/exec", """{"Cmd":["true"],"WorkingDir":"/nosuch"}""", "dir"),
        Post("/exec/{dir}/start", """{"Detach":true}"""),
    ];

    static readonly Exchange[] Images =
    [
        Get("/images/json"),
        Get("/images/json?all=1&digests=1"),
        Get("/images/json?filters={\"nosuch\":[\"x\"]}"),
        Get("/images/json?filters={\"dangling\":[\"x\"]}"),
        Get("/images/json?filters={\"before\":[\"nosuch\"]}"),
        Get("/images/busybox/json"),
        Get("/images/oracle:one/json"),
        Get("/images/oracle:one/history"),
        Post("/images/busybox/tag?repo=oracle&tag=two"),
        Post("/images/busybox/tag?repo=Bad Name"),
        Post("/images/busybox/tag?repo=oracle&tag=bad tag"),
        Post("/images/busybox/tag"),
        Post("/images/nosuch/tag?repo=x"),
        Delete("/images/oracle:two"),
        Delete("/images/oracle:two"),
        Delete("/images/busybox"),
        Get("/images/nosuch/get"),
        Post("/images/prune?filters={\"nosuch\":[\"x\"]}"),
        Post("/images/prune"),
        Delete("/images/Bad Name"),
    ];

    static readonly Exchange[] Networks =
    [
        Get("/networks"),
        Get("/networks/bridge"),
        Get("/networks/host"),
        Get("/networks/none"),
        Get("/networks/nosuch"),
        Get("/networks?filters={\"nosuch\":[\"x\"]}"),
    ];

    static readonly Exchange[] Missing =
    [
        .. from what in (string[])["json", "top", "logs?stdout=1", "changes", "export", "stats?stream=0", "archive?path=/"]
        select Get("/containers/nosuch/" + what),
        .. from what in (string[])
            ["start", "stop", "restart", "kill", "pause", "unpause", "wait", "attach", "resize?h=1&w=1", "rename?name=orx"]
        select Post("/containers/nosuch/" + what),
        Post("/containers/nosuch/update", "{}"),
        Post("/containers/nosuch/exec", """{"Cmd":["true"]}"""),
        Delete("/containers/nosuch"),
        Get("/images/nosuch/json"),
        Get("/images/nosuch/history"),
        Delete("/images/nosuch"),
        .. from path in (string[])["/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs", "/plugins"] select Get(path),
    ];

    static readonly Exchange[] End =
    [
        Post("/containers/{tty}/stop?t=0"),
        Post("/containers/{box}/stop?t=0"),
        Post("/containers/{box}/stop"),
        Delete("/containers/{box}?v=1"),
        Delete("/containers/{done}"),
        Post("/containers/prune"),
        Post("/containers/prune?filters={\"nosuch\":[\"x\"]}"),
        Delete("/volumes/orvol"),
        Post("/volumes/prune"),
        Post("/volumes/prune?filters={\"nosuch\":[\"x\"]}"),
    ];
}
