using System.Text.RegularExpressions;

namespace Pier.CompatTests.Oracle;

/// <summary>A known difference: a part of the request ("" for any), a pattern of the difference, and the reason.</summary>
/// <param name="Passing">It may be gone on another host or in another order of tests.</param>
sealed record Difference(string Exchange, string What, string Why, bool Passing = false, Peers Peers = Peers.All)
{
    public bool Covers(string exchange, string difference) =>
        exchange.Contains(Exchange, StringComparison.Ordinal) && Regex.IsMatch(difference, What);
}

static class Differences
{
    const string Later = "Docker has other words now, and Pier speaks those.";
    const string Sooner = "Refused when the container is made, and not at its start.";

    public static IReadOnlyList<Difference> All { get; } =
    [
        new(
            "",
            "docker 500 .*, pier 4[0-9][0-9] ",
            "20.10 answers many wrong requests with 500. Pier never calls a client's mistake its own failure; later Docker answers 400, 404 or 409 too."
        ),
        new("", "invalid JSON", "Go's and .NET's readers name the place of a JSON error differently."),
        new("filters=", "pier (says \"|4[0-9][0-9] )invalid filter '", Later, Peers: Peers.Debian12),
        new("", "invalid reference format", "Later Docker's words name the repository and the reason."),
        new("RestartPolicy", "invalid restart policy|maximum retry count", Later, Peers: Peers.Debian12),
        new("Runtime", "unknown or invalid runtime name", Later, Peers: Peers.Debian12),
        new("LogConfig", "odd", "A plugin is not looked for: log drivers are built in.", Passing: true),
        new(
            "BlkioWeight",
            "docker 201 , pier 400",
            "The range is checked also where the kernel has no weights and the value would be discarded."
        ),
        new("CpusetCpus\":\"x", "Invalid value x", "Docker adds its parser's error, which says the same again."),
        new("Mode\":\"odd", "docker 201 , pier 400", Sooner),
        new("Tmpfs", "docker 201 , pier 400", Sooner),
        new(
            "Binds",
            "pier 400 invalid volume specification",
            "The specification is named, as in Docker's other errors about it.",
            Passing: true
        ),
        new("PortBindings", "invalid port specification|invalid proto", "The whole key is named, and its protocol is checked too."),
        new("wait", "docker alone has /Error nothing", "Left out when there is none, as in later Docker.", Peers: Peers.Debian12),
        new("name=bad/name", "Invalid container name", "The name is checked before the command.", Passing: true),
        new("pause", "is not running|is already paused|is not paused", Later, Peers: Peers.Debian12),
        new(
            "DELETE /containers/{box}",
            "cannot remove container|legacy links",
            "Later Docker's words; links have no names of their own in Pier."
        ),
        new("wait?condition=odd", "docker 200 , pier 400", "An unknown condition is refused, as later Docker does.", Peers: Peers.Debian12),
        new(
            "signal=99",
            "docker 500 .*, pier 400 Invalid signal",
            "A signal that does not exist is known to be wrong before it is sent.",
            Passing: true
        ),
        new("kill?signal=NOSUCH", "invalid signal|Invalid signal", Later, Peers: Peers.Debian12),
        new("resize", "invalid resize height", Later, Peers: Peers.Debian12),
        new("archive", "bad parameter", "Docker's text lacks a blank."),
        new("/exec/{exec}/resize", "docker 500 timeout", "Docker waits ten seconds for an exec that was not started.", Passing: true),
        new("GET /images/nosuch/get", "No such image", "The tag that is meant is named."),
        new("GET /images/nosuch/json", "No such image", "Docker says it twice.", Peers: Peers.Debian12),
        new("POST /containers/nosuch/attach", "No such container", "Docker has taken the connection over by then and its error gets lost."),
        new(
            "POST /containers/{box}/attach",
            "docker 400 , pier 400|Invalid detach keys",
            "Docker has taken the connection over by then and its error gets lost.",
            Passing: true
        ),
        new("POST /commit {}", "invalid name or ID|No such container", "The same mistake under another number.", Passing: true),
        new(
            "",
            "pier alone has .*(GwPriority|DNSNames|EnableIPv4)",
            "Fields of later API versions, which older clients do not read.",
            Peers: Peers.Debian12 | Peers.Debian13
        ),
        new("", "docker alone has .*KernelMemory", "Gone from the API with 1.42.", Peers: Peers.Debian12),
        new(
            "GET /images/",
            "docker alone has /Container",
            "An image does not know the container that it was made in; gone from the API with 1.45.",
            Peers: Peers.Debian12
        ),
        new("GET /images/", "docker alone has /Config/", "What is not set is left out, as the text of API 1.50 says."),
        new(
            "GET /info",
            "",
            "Features of the host and of the engine: other runtimes, drivers, build information; fields that came or went between 1.41 and 1.51."
        ),
        new("GET /version", "", "Components and build information are each engine's own.", Passing: true),
        new("GET /system/df", "", "Sizes of what each engine counts; the build cache is another one.", Passing: true),
        new(
            "stats",
            "alone has /memory_stats/stats|alone has /blkio_stats|alone has /cpu_stats|alone has /precpu_stats|alone has /networks",
            "What the kernel's memory.stat says is passed on whole; Docker knows a fixed list.",
            Passing: true
        ),
        new("GET /containers/", "alone has .*SizeRw|alone has /Error", "Docker leaves out a size of zero.", Passing: true),
        new("GET /exec/", "pier alone has /ProcessConfig/user", "Docker leaves out an empty user."),
        new(
            "GET /containers/{",
            "alone has /GraphDriver/|alone has /State/Health|alone has /HostConfig/(Annotations|Init)|alone has /AppArmorProfile",
            "The storage drivers keep different things.",
            Passing: true
        ),
        // Of requests that only later peers get.
        new(
            "",
            "pier alone has .*/IPAM/Config\\[\\]/Gateway",
            "The gateway that was chosen is shown also where none was asked for.",
            Peers: Peers.Later
        ),
        new(
            "",
            "pier alone has .*(IPAMConfig/IPv|/Consistency|VolumeOptions/Subpath|/StorageOpt)",
            "Texts and maps that are empty are written.",
            Peers: Peers.Later
        ),
        new("Gateway\":\"10.77.2.1\"}", "invalid subnet", "What is missing is named.", Peers: Peers.Later),
        new("mnet\":null", "docker 400 , pier 201|EndpointsConfig is nil", "No settings are the default settings.", Peers: Peers.Later),
        new("NetworkMode\":\"none", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("NetworkMode\":\"host", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new(
            "MacAddress",
            "docker 201 , pier 400 conflicting options: mac-address",
            "An address that the container cannot have is no mere warning.",
            Peers: Peers.Later
        ),
        new(
            "StopSignal\":\"99",
            "docker 201 , pier 400",
            "A signal that does not exist is known to be wrong when the container is made.",
            Peers: Peers.Later
        ),
        new("Volumes\":{\"/\"", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("container:\"", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("UsernsMode\":\"odd", "docker 201 , pier 400", "A mode that does not exist is refused, as in 20.10.", Peers: Peers.Later),
        new("Cgroup\":\"odd", "docker 201 , pier 400", "Docker does not read the field.", Peers: Peers.Later),
        new("ReadOnlyNonRecursive", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("DeviceRequests", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("CPUCount", "docker 201 , pier 400", "A limit that cannot be set is refused.", Peers: Peers.Later),
        new("IOMaximumIOps", "QoS", "The four limits of Windows have one text.", Peers: Peers.Later),
        new(
            "SecurityOpt",
            "docker 201 , pier 400",
            "A label for a security module that the host has not is no protection: refused.",
            Peers: Peers.Later
        ),
        new(
            "systempaths=unconfined",
            "docker 500 .*, pier 201",
            "Docker's client takes the option apart, Pier's daemon too.",
            Peers: Peers.Later
        ),
        new("LogConfig", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("platform=%22", "is an invalid", "The platform's syntax is told shorter.", Peers: Peers.Later),
        new("PortBindings\":{\"80/odd", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("PortBindings\":{\"\"", "docker 201 , pier 400", Sooner, Peers: Peers.Later),
        new("IPAM", "docker says \"Pool overlaps", Later, Peers: Peers.Debian13),
        new("images/json?filters={\"reference", "docker 500 .*, pier 200", "A pattern that is none matches nothing.", Peers: Peers.Later),
        new("dangling\":[\"true\",\"false", "docker 400 .*, pier 200", "Of two words the first counts.", Peers: Peers.Later),
        new("names=nosuch", "No such image", "The tag that is meant is named.", Peers: Peers.Later),
        new("/build/prune", "failed to prune build cache", "The same without the introduction.", Peers: Peers.Later),
        new("/checkpoints/", "docker 501 .*, pier 404", "There are no checkpoints.", Peers: Peers.Later),
        new("prune?filters={\"all", "invalid filter 'all", "One text for every flag among filters.", Peers: Peers.Later),
        new("resize?h=70000", "docker 200 , pier 400", "There is no terminal to resize.", Peers: Peers.Later),
        new("{\"MemorySwap\":5}", "failed to write", "Docker names its shim and runc; the reason is the same.", Peers: Peers.Later),
        new("\"BlkioWeight\":5", "docker 200 , pier 400", "As at creation.", Peers: Peers.Later),
        new("/plugins?filters", "docker 400 .*, pier 200", "There are no plugins to choose among.", Peers: Peers.Later),
        new("/swarm/", "docker 400 .*, pier 501", "There is no swarm mode.", Peers: Peers.Later),
        new(
            "DELETE /networks/mnet",
            "active endpoints",
            "Those who use it come in no order; 26 does not name them.",
            Passing: true,
            Peers: Peers.Later
        ),
        new(
            "/containers/{box}/exec {\"Cmd\":[\"true\"],\"User",
            "docker 400 .*, pier 201",
            "The user is looked up when the command starts.",
            Peers: Peers.Latest
        ),
        new("/exec/{user}/start", "docker 404 .*, pier 400", "The user is looked up when the command starts.", Peers: Peers.Latest),
        new("stats?stream=0&one-shot=1", "pier alone has /(id|name) ", "Docker leaves them out of one-shot answers.", Peers: Peers.Later),
        new("DELETE /containers/{box}", "cannot remove container", Later, Peers: Peers.Debian13),
        new("resize", "strconv.Atoi|docker 200 , pier 400 invalid resize", Later, Peers: Peers.Debian13),
        new("filters={\"status", "invalid filter 'status=odd'", Later, Peers: Peers.Debian13),
        new("filters={\"health", "unrecognized filter value", Later, Peers: Peers.Debian13),
        new("/networks/create {", "docker says \"invalid name: \"", Later, Peers: Peers.Debian13),
        new("EnableIPv4\":false", "docker 201 , pier 400", "Networks without IPv4 came with 28.", Peers: Peers.Debian13),
        new("endpoint.sysctls", "docker 201 , pier 400", "The option came with 28.", Peers: Peers.Debian13),
        new("Type\":\"image", "mount type unknown", "Mounts of images came with 28.", Peers: Peers.Debian13),
        new("ImageOptions", "docker 201 , pier 400", "Mounts of images came with 28.", Peers: Peers.Debian13),
        new("CpuShares\":-1", "docker 201 , pier 400", "Refused, as 28 does.", Peers: Peers.Debian13),
        new("writable-cgroups=true", "docker 500 .*, pier 201", "The option came with 28.", Peers: Peers.Debian13),
        new("platform=linux/arm64", "does not match the specified platform", Later, Peers: Peers.Debian13),
        new("/networks/host/connect", "host network", Later, Peers: Peers.Debian13),
    ];
}
