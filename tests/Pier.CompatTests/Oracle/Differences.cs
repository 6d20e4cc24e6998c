using System.Text.RegularExpressions;

namespace Pier.CompatTests.Oracle;

/// <summary>A known difference: a part of the request ("" for any), a pattern of the difference, and the reason.</summary>
/// <param name="Passing">It may be gone on another host or in another order of tests.</param>
sealed record Difference(string Exchange, string What, string Why, bool Passing = false)
{
    public bool Covers(string exchange, string difference) =>
        exchange.Contains(Exchange, StringComparison.Ordinal) && Regex.IsMatch(difference, What);
}

static class Differences
{
    const string Later = "Later Docker's words; Pier speaks 28's where they differ.";
    const string Sooner = "Refused when the container is made, as Docker does from 23 on, and not at its start.";

    public static IReadOnlyList<Difference> All { get; } =
    [
        new(
            "",
            "docker 500 .*, pier 4[0-9][0-9] ",
            "20.10 answers many wrong requests with 500. Pier never calls a client's mistake its own failure; later Docker answers 400, 404 or 409 too."
        ),
        new("", "invalid JSON|invalid filter: ", "Go's and .NET's readers name the place of a JSON error differently."),
        new("filters=", "pier (says \"|4[0-9][0-9] )invalid filter '", Later),
        new("", "invalid reference format", "Later Docker's words name the repository and the reason."),
        new("RestartPolicy", "invalid restart policy|maximum retry count", Later),
        new("Runtime", "unknown or invalid runtime name", Later),
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
        new("wait", "docker alone has /Error nothing", "Left out when there is none, as in later Docker."),
        new("Mounts\":[{\"Type\":\"odd", "mount type unknown", Later),
        new("name=bad/name", "Invalid container name", "The name is checked before the command.", Passing: true),
        new("pause", "is not running|is already paused|is not paused", Later),
        new(
            "DELETE /containers/{box}",
            "cannot remove container|legacy links",
            "Later Docker's words; links have no names of their own in Pier."
        ),
        new(
            "wait?condition=odd",
            "docker 200 , pier 400",
            "An unknown condition is refused, as Docker does from 20.10.13 of its API's description on."
        ),
        new(
            "signal=99",
            "docker 500 .*, pier 400 Invalid signal",
            "A signal that does not exist is known to be wrong before it is sent.",
            Passing: true
        ),
        new("resize", "invalid resize height", Later),
        new("archive", "bad parameter", "Docker's text lacks a blank."),
        new("/exec/{exec}/resize", "docker 500 timeout", "Docker waits ten seconds for an exec that was not started.", Passing: true),
        new("GET /images/nosuch/get", "No such image", "The tag that is meant is named."),
        new("GET /images/nosuch/json", "No such image", "Docker says it twice."),
        new("POST /containers/nosuch/attach", "No such container", "Docker has taken the connection over by then and its error gets lost."),
        new(
            "POST /containers/{box}/attach",
            "docker 400 , pier 400|Invalid escape keys",
            "Docker has taken the connection over by then and its error gets lost.",
            Passing: true
        ),
        new("POST /commit {}", "invalid name or ID|No such container", "The same mistake under another number.", Passing: true),
        new("", "pier alone has .*(GwPriority|DNSNames|EnableIPv4)", "Fields of later API versions, which older clients do not read."),
        new("", "docker alone has .*KernelMemory", "Gone from the API with 1.42."),
        new(
            "GET /images/",
            "docker alone has /Container",
            "An image does not know the container that it was made in; gone from the API with 1.45."
        ),
        new("GET /images/", "docker alone has /Config/", "What is not set is left out, as from API 1.50 on."),
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
    ];
}
