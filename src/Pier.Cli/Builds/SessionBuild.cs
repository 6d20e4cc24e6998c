using System.Text.Json;
using Pier.Cli.Builds.Progress;
using Pier.Cli.Builds.Sessions;
using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Contracts;
using Pier.Contracts.BuildKit;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Cli.Builds;

/// <summary>A build over a session: the daemon asks for files, secrets and agents as it needs them, and sends results here.</summary>
static class SessionBuild
{
    /// <summary>
    /// Whether BuildKit's wire is the one to take: it is, unless the user, an option or the daemon knows only the old request. An
    /// unchanged context goes over the session in no time, and as a tar whole each time.
    /// </summary>
    public static bool IsWanted(Invocation call)
    {
        if (NeedsSession(call.Line))
            return true;
        var asked = GoBool.Parse(call.Environment.Variable("DOCKER_BUILDKIT"));
        return asked ?? !NeedsClassic(call.Line) && call.Client.Ping().Header("Builder-Version") == "2";
    }

    // What the old request cannot carry.
    static bool NeedsSession(ParsedLine line) =>
        line.Has("cache-to")
        || line.List("cache-from").Any(c => c.Contains("type=", StringComparison.Ordinal))
        || line.Text("platform")?.Contains(',') == true
        || line.Has("secret")
        || line.Has("ssh")
        || line.Has("output")
        || line.Text("progress") is "plain" or "tty" or "rawjson";

    // What only the old request has: intermediate containers, a compressed upload, images of the daemon's as a cache by their history.
    static bool NeedsClassic(ParsedLine line) =>
        line.Flag("compress") || line.Flag("force-rm") || !line.Flag("rm", missing: true) || line.Has("cache-from");

    /// <summary>Builds; the answer is the image's id, or null when the result went elsewhere.</summary>
    public static string? Run(Invocation call, bool quiet)
    {
        var (output, target) = SessionOptions.Output(call);
        var (context, caches) = (SessionContext.Open(call), CachePlaces.Read(call));
        var services = new SessionServices
        {
            Directories = context.Directories,
            Upload = context.Archive,
            Secrets = SessionOptions.Secrets(call),
            Agents = SessionOptions.Agents(call),
            Credentials = new CredentialFile(call.Config.Directory),
            Contents = new ContentService(Stores(caches, target)),
            Output = target,
        };
        using var session = ClientSession.Open(call.Client, context.SharedKey, services.Methods());
        using var control = BuildControl.Open(call.Client);
        var request = new SolveRequest
        {
            Ref = Guid.NewGuid().ToString("N"),
            Session = session.Id,
            Frontend = "dockerfile.v0",
            Cache = new CacheOptions(),
        };
        FrontendAttributes.Write(request.FrontendAttrs, call, context);
        Export(request, output ?? new BuildOutput { Type = "moby" }, call.Line.List("tag"));
        request.Cache.Imports.AddRange(caches.Imports);
        request.Cache.Exports.AddRange(caches.Exports);
        var response = Solve(control, request, Display(call, quiet), call.Error).ExporterResponse;
        caches.Complete(response.GetValueOrDefault("cache.manifest"));
        if (target?.Layout is { } layout)
            NameIn(new ContentDirectory(layout), response);
        // What went elsewhere may have gone where the id would be printed.
        return target is null ? response.GetValueOrDefault("containerimage.config.digest") : null;
    }

    static IReadOnlyDictionary<string, ContentDirectory> Stores(CachePlaces caches, BuildOutputTarget? target) =>
        target?.Layout is { } layout
            ? new Dictionary<string, ContentDirectory>(caches.Stores) { [BuildOutputTarget.LayoutStore] = new(layout) }
            : caches.Stores;

    // The image is in the directory; its index names it, by the tags that were asked for.
    static void NameIn(ContentDirectory directory, IDictionary<string, string> response)
    {
        if (!response.TryGetValue("containerimage.descriptor", out var base64))
            throw new CliFailure("the daemon did not say which image it built");
        var image = JsonSerializer.Deserialize(Convert.FromBase64String(base64), ImageJson.Plain.Descriptor)!;
        var names = response.TryGetValue("image.name", out var list) ? list.Split(',') : [];
        foreach (var name in names.Select(ImageReference.Parse))
            directory.Name(
                image with
                {
                    Annotations = new(image.Annotations ?? []) { [ImageAnnotations.ContainerdName] = name.ToString() },
                },
                name.Tag ?? "latest"
            );
        if (names.Length == 0)
            directory.Name(image, "latest");
    }

    static void Export(SolveRequest request, BuildOutput output, IReadOnlyList<string> tags)
    {
        var exporter = new Exporter { Type = output.Type };
        foreach (var (key, value) in output.Attrs ?? new Dictionary<string, string>())
            exporter.Attrs[key] = value;
        if (tags.Count > 0)
            exporter.Attrs.TryAdd("name", string.Join(',', tags));
        request.Exporters.Add(exporter);
        // Daemons before lists of exporters read these.
        request.ExporterDeprecated = exporter.Type;
        request.ExporterAttrsDeprecated.Add(exporter.Attrs);
    }

    static SolveResponse Solve(BuildControl control, SolveRequest request, IBuildDisplay display, TextWriter error)
    {
        try
        {
            var response = control.SolveAsync(request, display.Show).GetAwaiter().GetResult();
            display.End();
            return response;
        }
        catch (GrpcException e)
        {
            display.End();
            foreach (var source in ErrorDetails.Sources(e.Details))
                Show(source, error);
            throw new CliFailure("failed to solve: " + e.Message);
        }
    }

    static IBuildDisplay Display(Invocation call, bool quiet) =>
        (quiet ? "quiet" : call.Line.Text("progress") ?? "auto") switch
        {
            "quiet" => new QuietDisplay(),
            "rawjson" => new RawDisplay(call.Environment.Error),
            "plain" => new PlainDisplay(call.Error),
            "tty" => new TerminalDisplay(call.Error, call.Environment.Terminal),
            _ => call.Environment.Terminal.IsOutputTerminal
                ? new TerminalDisplay(call.Error, call.Environment.Terminal)
                : new PlainDisplay(call.Error),
        };

    // The lines of the Dockerfile that are meant.
    static void Show(SourceDetail source, TextWriter error)
    {
        if (source.Ranges is not [var lines, ..] || lines.Start.Line < 1)
            return;
        var text = System.Text.Encoding.UTF8.GetString(source.Info!.Data).TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        if (lines.Start.Line > text.Length)
            return;
        error.Write(SourceExcerpt.Of(source.Info.FileName, text, lines.Start.Line, Math.Max(lines.Start.Line, lines.End.Line)));
    }
}
