using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/logs.</summary>
static class Logs
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var query = request.Query;
        var asked = new LogsQuery(
            query.Flag("stdout"),
            query.Flag("stderr"),
            query.Flag("follow"),
            query.Time("since") ?? 0,
            query.Time("until") ?? 0,
            Tail(query.Text("tail")),
            query.Flag("details")
        );
        if (!asked.Stdout && !asked.Stderr)
            throw new InvalidParameterException("Bad parameters: you must choose at least one stream");
        var view = await request.Engine.Containers.InspectAsync(request.Name, size: false, request.Aborted);
        var tty = view.Record.Config.Tty;
        var pages = request.Engine.Containers.LogPagesAsync(view.Record.Id, asked, request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status200OK;
        request.Http.Response.ContentType =
            tty || request.Version.IsBefore(42) ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream";
        // A reader that cannot even begin (a log driver without reading) still gets an ordinary error: headers go with the first bytes.
        await LogStream.SendAsync(
            pages,
            request.Http.Response.Body,
            framed: !tty,
            query.Flag("timestamps"),
            asked.Details,
            request.Aborted
        );
    }

    static int Tail(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines : -1;
}
