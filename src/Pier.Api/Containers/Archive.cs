using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>GET, HEAD and PUT /containers/{name}/archive: what `docker cp` is made of.</summary>
static class Archive
{
    public static async Task ReadAsync(ApiRequest request)
    {
        using var archive = await request.Engine.Containers.CopyOutAsync(request.Name, Path(request), request.Aborted);
        Describe(request, archive.Stat!);
        await request.StartAsync("application/x-tar");
        await archive.WriteAsync(request.Http.Response.Body, request.Aborted);
    }

    public static async Task StatAsync(ApiRequest request)
    {
        Describe(request, await request.Engine.Containers.StatPathAsync(request.Name, Path(request), request.Aborted));
        await request.AnswerAsync(StatusCodes.Status200OK);
    }

    public static async Task WriteAsync(ApiRequest request)
    {
        var query = request.Query;
        var copy = new CopyIn(KeepKinds: query.Flag("noOverwriteDirNonDir"), OwnByUser: query.Flag("copyUIDGID"));
        using (var body = request.OpenBody())
            await request.Engine.Containers.CopyInAsync(request.Name, Path(request), body, copy, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status200OK);
    }

    static string Path(ApiRequest request) =>
        request.Query.Text("path") ?? throw new InvalidParameterException("bad parameter: path cannot be empty");

    static void Describe(ApiRequest request, PathStatView stat)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            ContainerPathStat.Of(stat.Name, stat.Size, stat.Mode, stat.Modified, stat.LinkTarget),
            ContractsJson.Wire.ContainerPathStat
        );
        request.Http.Response.Headers["X-Docker-Container-Path-Stat"] = Convert.ToBase64String(json);
    }
}
