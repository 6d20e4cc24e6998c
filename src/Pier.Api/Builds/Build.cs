using System.Text.Json;
using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Contracts;
using Pier.Engine.Builds;
using Pier.Engine.Images;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.Builds;

/// <summary>
/// POST /build: the context is the body, the answer is the classic builder's stream. What fails before the first line is still an ordinary
/// error.
/// </summary>
static class Build
{
    public static async Task HandleAsync(ApiRequest request)
    {
        if (request.Query.Text("isolation") is { Length: > 0 } isolation and not "default")
            throw new InvalidParameterException($"unsupported isolation: \"{isolation}\"");
        if (request.Query.Text("version") is { Length: > 0 } version and not ("1" or "2"))
            throw new InvalidParameterException($"invalid version \"{version}\"");
        if (request.Query.Text("version") == "2")
        {
            await BuildKit.Classic.Build.HandleAsync(request);
            return;
        }
        var asked = BuildQuery.Read(request);
        var writer = new StreamWriter(request, quiet: request.Query.Flag("q"));
        try
        {
            using var context = await BuildContext.OpenAsync(request, asked.Dockerfile);
            // Docker's classic builder looks at images that are here alone.
            var sources = asked.CacheFrom.Select(c => c.Type == "registry" ? c with { Type = "image" } : c);
            var build = asked with
            {
                CacheFrom = [.. sources],
                Client = context.Client,
                Dockerfile = context.Dockerfile,
                PullProgress = writer.PullAsync,
                CacheTrouble = writer.Warn,
            };
            var stream = new ClassicStream(writer.TextAsync, removes: request.Query.Flag("rm", missing: true));
            using var finished = await request.Engine.Builds.BuildClassicAsync(build, stream, request.Aborted);
            await writer.EndAsync(finished);
        }
        catch (Exception e) when (e is EngineException && request.Http.Response.HasStarted)
        {
            await request.SendLineAsync(Failure(e), ContractsJson.Wire.ProgressMessage);
        }
    }

    static ProgressMessage Failure(Exception error) =>
        new()
        {
            ErrorDetail = new ErrorDetail(error.Message) { Code = error is StepFailedException step ? step.ExitCode : 0 },
            Error = error.Message,
        };

    /// <summary>Writes the stream; a client that is gone takes nothing more, and the build notices by itself.</summary>
    sealed class StreamWriter(ApiRequest request, bool quiet)
    {
        readonly SemaphoreSlim _writing = new(1);

        public ValueTask TextAsync(string text) => quiet ? ValueTask.CompletedTask : SendAsync(new ProgressMessage { Stream = text });

        public void Warn(string text) => TextAsync($"[Warning] {text}\n").AsTask().GetAwaiter().GetResult();

        public ValueTask PullAsync(ImageProgress step) => quiet ? ValueTask.CompletedTask : SendAsync(ProgressLines.Message(step));

        public async Task EndAsync(FinishedBuild finished)
        {
            var id = finished.ImageId!.Value.ToString();
            if (quiet)
            {
                await SendAsync(new ProgressMessage { Stream = id + "\n" });
                return;
            }
            await SendAsync(new ProgressMessage { Aux = JsonSerializer.SerializeToElement(new BuildAux(id), ContractsJson.Wire.BuildAux) });
            await SendAsync(new ProgressMessage { Stream = $"Successfully built {Ids.Short(id["sha256:".Length..])}\n" });
            foreach (var name in finished.Names)
                await SendAsync(new ProgressMessage { Stream = $"Successfully tagged {name.Familiar}\n" });
        }

        async ValueTask SendAsync(ProgressMessage message)
        {
            await _writing.WaitAsync();
            try
            {
                if (!request.Http.Response.HasStarted)
                    await request.StartAsync("application/json");
                await request.SendLineAsync(message, ContractsJson.Wire.ProgressMessage);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client is gone: its build is stopped by request.Aborted.
            }
            finally
            {
                _writing.Release();
            }
        }
    }
}
