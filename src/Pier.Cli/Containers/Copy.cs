using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Copying;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Containers;

/// <summary>pier cp.</summary>
static class Copy
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "cp",
            Usage = "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tpier cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
            Summary =
                "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\n"
                + "Use '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
            Aliases = ["container cp", "cp"],
            Options =
            [
                new("archive", 'a', "", "Archive mode (copy all uid/gid information)"),
                new("follow-link", 'L', "", "Always follow symbol link in SRC_PATH"),
                new(
                    "quiet",
                    'q',
                    "",
                    "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached"
                ),
            ],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (call.Arguments[0].Length == 0)
            throw new CliFailure("source can not be empty");
        if (call.Arguments[1].Length == 0)
            throw new CliFailure("destination can not be empty");
        var (sourceContainer, source) = CopyPath.Split(call.Arguments[0]);
        var (targetContainer, target) = CopyPath.Split(call.Arguments[1]);
        if (sourceContainer is not null && targetContainer is not null)
            throw new CliFailure("copying between containers is not supported");
        if (sourceContainer is not null)
            CopyOut(call, sourceContainer, source, target);
        else if (targetContainer is not null)
            CopyIn(call, source, targetContainer, target);
        else
            throw new CliFailure("must specify at least one container source");
        return 0;
    }

    static void CopyOut(Invocation call, string container, string source, string target)
    {
        var end = target == "-" ? default : LocalTarget.Look(target);
        string? oldTop = null,
            newTop = null;
        if (call.Line.Flag("follow-link") && Stat(call, container, source) is { IsSymlink: true } link)
        {
            var followed = CopyPath.Follow(source, link.LinkTarget);
            (oldTop, newTop) = (CopyPath.SplitEntry(followed).Base, CopyPath.SplitEntry(source).Base);
            source = followed;
        }
        var answer = call.Client.Open("GET", Archive(container).Add("path", source).ToString());
        if (target == "-")
        {
            answer.Body.CopyTo(call.Environment.Output, 256 * 1024);
            return;
        }
        var stat =
            Parse(answer.Header(StatHeader))
            ?? throw new CliFailure($"unable to decode container path stat header: {answer.Header(StatHeader)}");
        var plan = CopyPlan.Make(new CopyEnd(source, true, stat.IsDirectory, newTop), end);
        var bytes = new LocalTarget(plan.Directory, plan).Unpack(answer.Body, oldTop, newTop);
        Tell(call, bytes, target);
    }

    static void CopyIn(Invocation call, string source, string container, string target)
    {
        var end = LookInside(call, container, target);
        var options = new Func<string, string>(directory =>
            Archive(container)
                .Add("path", directory)
                .Add("noOverwriteDirNonDir", "true")
                .AddIf(call.Line.Flag("archive"), "copyUIDGID", "true")
                .ToString()
        );
        if (source == "-")
        {
            if (!end.IsDirectory)
                throw new CliFailure($"destination \"{container}:{target}\" must be a directory");
            call.Client.Put("PUT", options(end.Path), body => call.Environment.Input.CopyTo(body, 256 * 1024), "application/x-tar");
            return;
        }
        var local = LocalSource.Open(source, call.Line.Flag("follow-link"));
        var plan = CopyPlan.Make(local.End, end);
        long bytes = 0;
        call.Client.Put("PUT", options(plan.Directory), body => bytes = local.Write(body, plan), "application/x-tar");
        Tell(call, bytes, $"{container}:{end.Path}");
    }

    // A link as the destination means what it leads to.
    static CopyEnd LookInside(Invocation call, string container, string path)
    {
        var stat = Stat(call, container, path);
        if (stat is { IsSymlink: true })
        {
            path = CopyPath.Follow(path, stat.LinkTarget);
            stat = Stat(call, container, path);
        }
        return new CopyEnd(path, stat is not null, stat is { IsDirectory: true });
    }

    static void Tell(Invocation call, long bytes, string target)
    {
        if (call.Line.Flag("quiet") || !call.Environment.Terminal.IsOutputTerminal)
            return;
        call.Error.WriteLine($"Successfully copied {HumanSize.Describe(bytes)} to {target}");
    }

    const string StatHeader = "X-Docker-Container-Path-Stat";

    static QueryString Archive(string container) => new($"/containers/{QueryString.Escape(container)}/archive");

    /// <summary>Null when nothing is there. Without the container the next call says so.</summary>
    static ContainerPathStat? Stat(Invocation call, string container, string path)
    {
        var answer = call.Client.Head(Archive(container).Add("path", path).ToString());
        return answer.Status == 200 ? Parse(answer.Header(StatHeader)) : null;
    }

    static ContainerPathStat? Parse(string? header)
    {
        try
        {
            return header is null
                ? null
                : JsonSerializer.Deserialize(Convert.FromBase64String(header), ContractsJson.Wire.ContainerPathStat);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
