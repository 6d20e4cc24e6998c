using System.Text.Json;
using Google.Protobuf;
using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Builds;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.Api.BuildKit.Classic;

/// <summary>
/// POST /build?version=2: a build of BuildKit's over the old request. Files come from the session, or as a tar; what happens goes out as
/// "moby.buildkit.trace" messages, each a StatusResponse in base64.
/// </summary>
static class Build
{
    const string UploadPrefix = "upload-request:",
        UploadRemote = "upload-request",
        SessionRemote = "client-session";

    public static async Task HandleAsync(ApiRequest request)
    {
        var id = request.Query.Text("buildid") ?? "";
        if (id.StartsWith(UploadPrefix, StringComparison.Ordinal))
        {
            await request.BuildKit.Uploads.OfferAsync(id[UploadPrefix.Length..], request.Http.Request.Body, request.Aborted);
            return;
        }
        var remote = request.Query.Text("remote") ?? "";
        using var upload = remote == UploadRemote ? await request.BuildKit.Uploads.TakeAsync(id, request.Aborted) : null;
        var target = Target(request, remote.Length == 0 ? request.Http.Request.Body : upload?.Context);
        var build = new FrontendBuild(BuildQuery.Read(request), remote is UploadRemote or SessionRemote ? "" : remote);
        var job = new BuildJob();
        await request.StartAsync("application/json");
        var telling = TellAsync(request, job);
        try
        {
            await AnswerAsync(request, request.BuildKit.Runner.RunAsync(target, build, job, request.Aborted), job, telling);
        }
        finally
        {
            job.End();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task AnswerAsync(ApiRequest request, Task<IReadOnlyDictionary<string, string>> running, BuildJob job, Task telling)
    {
        try
        {
            var response = await running;
            job.End();
            await telling;
            // A registry knows it by another digest.
            if (response.GetValueOrDefault("containerimage.config.digest") is not { } image)
                return;
            await SendAsync(
                request,
                new ProgressMessage
                {
                    Id = "moby.image.id",
                    Aux = JsonSerializer.SerializeToElement(new BuildAux(image), ContractsJson.Wire.BuildAux),
                }
            );
            // With -q docker's client prints what comes as text.
            if (request.Query.Flag("q"))
                await SendAsync(request, new ProgressMessage { Stream = image + "\n" });
        }
        catch (Exception e) when (e is EngineException or GrpcException)
        {
            job.End();
            await telling;
            await SendAsync(request, ProgressMessage.Failure(BuildErrorText.Of(e)));
        }
    }

    static async Task TellAsync(ApiRequest request, BuildJob job)
    {
        await foreach (var status in job.FollowAsync(request.Aborted))
            await SendAsync(request, new ProgressMessage { Id = "moby.buildkit.trace", Aux = Trace(status) });
    }

    static JsonElement Trace(StatusResponse status) =>
        JsonSerializer.SerializeToElement(status.ToByteArray(), ContractsJson.Wire.ByteArray);

    static Task SendAsync(ApiRequest request, ProgressMessage message) =>
        request.SendLineAsync(message, ContractsJson.Wire.ProgressMessage);

    static SolveTarget Target(ApiRequest request, Stream? upload) =>
        new()
        {
            Session = request.Query.Text("session") ?? "",
            Exporters = Exporters(request),
            Upload = upload,
        };

    // Docker's daemon took one output; none means its own store.
    static ExporterChoice[] Exporters(ApiRequest request)
    {
        var name = string.Join(',', request.Query.All("t").OfType<string>().Where(t => t.Length > 0));
        var image = new ExporterChoice("moby", new Dictionary<string, string> { ["name"] = name }, "");
        if (request.Query.Text("outputs") is not { Length: > 0 } json)
            return [image];
        var outputs = JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(json), ContractsJson.Wire.BuildOutputArray);
        return outputs switch
        {
            [] => [image],
            [{ Type: "image" or "moby" } one] => [image with { Options = Named(one.Attrs, name) }],
            [var one] => [new ExporterChoice(one.Type, Named(one.Attrs, name), "")],
            _ => throw new InvalidParameterException("multiple outputs not supported"),
        };
    }

    static Dictionary<string, string> Named(IReadOnlyDictionary<string, string>? options, string name)
    {
        var named = new Dictionary<string, string>(options ?? new Dictionary<string, string>());
        if (name.Length > 0)
            named.TryAdd("name", name);
        return named;
    }
}
