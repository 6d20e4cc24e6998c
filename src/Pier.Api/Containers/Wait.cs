using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>
/// POST /containers/{name}/wait. The headers go out as soon as the wait is registered: docker's client starts the container only
/// after it saw them.
/// </summary>
static class Wait
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var condition = Condition(request.Query.Text("condition"));
        var wait = request.Engine.Containers.WaitAsync(request.Name, condition, request.Aborted);
        if (wait.IsFaulted)
            await wait;
        await request.StartAsync("application/json");
        await request.SendLineAsync(await AnswerAsync(wait, condition), ContractsJson.Wire.WaitResponse);
    }

    static async Task<WaitResponse> AnswerAsync(Task<ContainerExitStatus> wait, WaitCondition condition)
    {
        try
        {
            var status = await wait;
            // A waiter for the removal hears of errors of the removal alone; why the start failed was told to who started it.
            var reason = condition == WaitCondition.Removed ? null : status.Error;
            return new WaitResponse { StatusCode = status.ExitCode, Error = string.IsNullOrEmpty(reason) ? null : new WaitError(reason) };
        }
        catch (EngineException e)
        {
            return new WaitResponse { StatusCode = -1, Error = new WaitError(e.Message) };
        }
    }

    static WaitCondition Condition(string? text) =>
        text switch
        {
            null or "not-running" => WaitCondition.NotRunning,
            "next-exit" => WaitCondition.NextExit,
            "removed" => WaitCondition.Removed,
            _ => throw new InvalidParameterException($"invalid condition: \"{text}\""),
        };
}
