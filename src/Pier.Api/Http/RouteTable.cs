namespace Pier.Api.Http;

/// <summary>Every path that Pier answers. Patterns with a name are tried in this order.</summary>
static class RouteTable
{
    public static IReadOnlyList<Route> Routes { get; } =
    [
        new("GET", "/_ping", Host.Ping.HandleAsync),
        new("HEAD", "/_ping", Host.Ping.HandleAsync),
        new("GET", "/version", Host.Version.HandleAsync),
        new("GET", "/info", Host.Info.HandleAsync),
        new("GET", "/events", Host.Events.HandleAsync),
        new("GET", "/system/df", Host.DiskUsage.HandleAsync),
        new("POST", "/auth", Host.Auth.HandleAsync),
        new("POST", "/session", BuildKit.Upgrade.SessionAsync),
        new("POST", "/grpc", BuildKit.Upgrade.GrpcAsync),

        new("GET", "/containers/json", Containers.List.HandleAsync),
        new("POST", "/containers/create", Containers.Create.HandleAsync),
        new("POST", "/containers/prune", Containers.Prune.HandleAsync),
        new("GET", "/containers/{name}/json", Containers.Inspect.HandleAsync),
        new("GET", "/containers/{name}/logs", Containers.Logs.HandleAsync),
        new("GET", "/containers/{name}/top", Containers.Top.HandleAsync),
        new("GET", "/containers/{name}/stats", Containers.Stats.HandleAsync),
        new("POST", "/containers/{name}/update", Containers.Update.HandleAsync),
        new("GET", "/containers/{name}/changes", Containers.Changes.HandleAsync),
        new("GET", "/containers/{name}/export", Containers.Export.HandleAsync),
        new("GET", "/containers/{name}/archive", Containers.Archive.ReadAsync),
        new("HEAD", "/containers/{name}/archive", Containers.Archive.StatAsync),
        new("PUT", "/containers/{name}/archive", Containers.Archive.WriteAsync),
        new("POST", "/containers/{name}/start", Containers.Start.HandleAsync),
        new("POST", "/containers/{name}/stop", Containers.Stop.HandleAsync),
        new("POST", "/containers/{name}/restart", Containers.Restart.HandleAsync),
        new("POST", "/containers/{name}/kill", Containers.Kill.HandleAsync),
        new("POST", "/containers/{name}/pause", Containers.Pause.HandleAsync),
        new("POST", "/containers/{name}/unpause", Containers.Unpause.HandleAsync),
        new("POST", "/containers/{name}/rename", Containers.Rename.HandleAsync),
        new("POST", "/containers/{name}/resize", Containers.Resize.HandleAsync),
        new("POST", "/containers/{name}/attach", Containers.Attach.HandleAsync),
        new("POST", "/containers/{name}/wait", Containers.Wait.HandleAsync),
        new("POST", "/containers/{name}/exec", Execs.Create.HandleAsync),
        new("DELETE", "/containers/{name}", Containers.Remove.HandleAsync),

        new("POST", "/build", Builds.Build.HandleAsync),
        new("POST", "/build/prune", Builds.Prune.HandleAsync),
        new("POST", "/build/cancel", Builds.Cancel.HandleAsync),

        new("POST", "/commit", Containers.Commit.HandleAsync),

        new("GET", "/exec/{name}/json", Execs.Inspect.HandleAsync),
        new("POST", "/exec/{name}/start", Execs.Start.HandleAsync),
        new("POST", "/exec/{name}/resize", Execs.Resize.HandleAsync),

        new("GET", "/images/json", Images.List.HandleAsync),
        new("POST", "/images/create", Images.Create.HandleAsync),
        new("POST", "/images/load", Images.Load.HandleAsync),
        new("POST", "/images/prune", Images.Prune.HandleAsync),
        new("GET", "/images/get", Images.Save.ManyAsync),
        new("GET", "/images/{name}/get", Images.Save.OneAsync),
        new("GET", "/images/{name}/json", Images.Inspect.HandleAsync),
        new("GET", "/images/{name}/history", Images.History.HandleAsync),
        new("POST", "/images/{name}/push", Images.Push.HandleAsync),
        new("POST", "/images/{name}/tag", Images.Tag.HandleAsync),
        new("DELETE", "/images/{name}", Images.Remove.HandleAsync),

        new("GET", "/networks", Networks.List.HandleAsync),
        new("GET", "/networks/{name}", Networks.Inspect.HandleAsync),
        new("GET", "/volumes", Volumes.List.HandleAsync),
        new("POST", "/volumes/create", Volumes.Create.HandleAsync),
        new("POST", "/volumes/prune", Volumes.Prune.HandleAsync),
        new("GET", "/volumes/{name}", Volumes.Inspect.HandleAsync),
        new("DELETE", "/volumes/{name}", Volumes.Remove.HandleAsync),
        new("GET", "/pier/volumes/{name}/export", Volumes.Export.HandleAsync),
        new("POST", "/pier/volumes/{name}/import", Volumes.Import.HandleAsync),
    ];
}
