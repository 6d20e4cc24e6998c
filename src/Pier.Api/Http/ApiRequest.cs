using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pier.Api.BuildKit;
using Pier.Engine;

namespace Pier.Api.Http;

/// <summary>One request on its way through an endpoint: what was asked, the engine to ask, and the ways to answer.</summary>
/// <param name="Name">The name in the path, or "".</param>
sealed record ApiRequest(
    HttpContext Http,
    ContainerEngine Engine,
    DaemonServerOptions Options,
    BuildKitServer BuildKit,
    ApiVersion Version,
    string Name
)
{
    /// <summary>The client went away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    public Query Query => new(Http.Request.Query);

    /// <summary>The body, for engine code that reads it on a thread of its own. To be disposed when it has done so.</summary>
    public DirectBody OpenBody() => DirectBody.Open(Http);

    /// <summary>An answer without a body.</summary>
    public Task AnswerAsync(int status)
    {
        Http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public Task AnswerAsync<T>(T value, JsonTypeInfo<T> type) => AnswerAsync(StatusCodes.Status200OK, value, type);

    public async Task AnswerAsync<T>(int status, T value, JsonTypeInfo<T> type)
    {
        using var buffer = new AnswerBuffer();
        WriteJson(buffer, value, type);
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json";
        Http.Response.ContentLength = buffer.Length;
        if (HttpMethods.IsHead(Http.Request.Method))
            return;
        await buffer.CopyToAsync(Http.Response.BodyWriter);
    }

    /// <summary>Sends the status and headers at once: some clients wait for them before they go on.</summary>
    public async Task StartAsync(string contentType)
    {
        Http.Response.StatusCode = StatusCodes.Status200OK;
        Http.Response.ContentType = contentType;
        await Http.Response.StartAsync(Aborted);
        await Http.Response.BodyWriter.FlushAsync(Aborted);
    }

    /// <summary>One value as a line of a JSON stream, sent at once.</summary>
    public async Task SendLineAsync<T>(T value, JsonTypeInfo<T> type)
    {
        WriteJson(Http.Response.BodyWriter, value, type);
        await Http.Response.BodyWriter.FlushAsync(Aborted);
    }

    static void WriteJson<T>(IBufferWriter<byte> target, T value, JsonTypeInfo<T> type)
    {
        using (var writer = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(writer, value, type);
        target.Write("\n"u8);
    }
}
