using System.Collections.Frozen;
using Google.Protobuf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pier.Contracts.Grpc;

namespace Pier.Api.Grpc;

/// <summary>Answers one kind of call. What it throws becomes the call's status.</summary>
delegate Task GrpcMethod(GrpcCall call);

/// <summary>
/// From Kestrel's HTTP/2 to a method: gRPC over HTTP/2 as grpc's PROTOCOL-HTTP2 document has it. Paths are "/package.Service/Method".
/// </summary>
sealed class GrpcApplication(IReadOnlyDictionary<string, GrpcMethod> methods, Func<Exception, GrpcException> translate, Action<string>? log)
    : IHttpApplication<HttpContext>
{
    readonly FrozenDictionary<string, GrpcMethod> _methods = methods.ToFrozenDictionary();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.Request.ContentType is not { } type || !type.StartsWith("application/grpc", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        context.Response.ContentType = "application/grpc";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (GrpcText.ParseTimeout(context.Request.Headers["grpc-timeout"].ToString()) is { } limit)
            ended.CancelAfter(limit);
        try
        {
            await InvokeAsync(path, new GrpcCall(context, ended.Token));
            Finish(context, GrpcCode.Ok, "", null);
        }
        catch (Exception e)
        {
            var error = Translate(e, context, path);
            Finish(context, error.Code, error.Message, error);
        }
    }

    Task InvokeAsync(string path, GrpcCall call) =>
        _methods.TryGetValue(path, out var method) ? method(call) : throw new GrpcException(GrpcCode.Unimplemented, Unknown(path));

    // grpc-go's words: buildx looks for the code alone, people read the rest.
    string Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        var (service, name) = slash > 0 ? (path[1..slash], path[(slash + 1)..]) : ("", path.TrimStart('/'));
        return _methods.Keys.Any(k => k.StartsWith($"/{service}/", StringComparison.Ordinal))
            ? $"unknown method {name} for service {service}"
            : $"unknown service {service}";
    }

    GrpcException Translate(Exception error, HttpContext context, string path)
    {
        switch (error)
        {
            case GrpcException grpc:
                return grpc;
            case OperationCanceledException:
                return context.RequestAborted.IsCancellationRequested
                    ? new GrpcException(GrpcCode.Cancelled, "context canceled")
                    : new GrpcException(GrpcCode.DeadlineExceeded, "context deadline exceeded");
            case BadHttpRequestException or IOException:
                return new GrpcException(GrpcCode.Unavailable, error.Message);
            default:
                var translated = translate(error);
                if (translated.Code == GrpcCode.Internal)
                    log?.Invoke($"gRPC {path}: {error}");
                return translated;
        }
    }

    static void Finish(HttpContext context, GrpcCode code, string message, GrpcException? error)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return;
        context.Response.AppendTrailer("grpc-status", ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (code == GrpcCode.Ok)
            return;
        context.Response.AppendTrailer("grpc-message", GrpcText.Escape(message));
        if (error?.Details is { } details)
            context.Response.AppendTrailer("grpc-status-details-bin", Convert.ToBase64String(details.ToByteArray()).TrimEnd('='));
    }
}
