using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>
/// Tells a build as Docker's classic builder did: one instruction after the other, though they run at once. Of the step that is shown
/// everything is told as it comes; what others write meanwhile is kept until it is their turn.
/// </summary>
/// <param name="send">Takes text; what it does not take in time holds the build's steps back. It must not throw.</param>
/// <param name="removes">--rm: say that the step's container was removed.</param>
public sealed class ClassicStream(Func<string, ValueTask> send, bool removes)
{
    readonly Channel<BuildEvent> _events = Channel.CreateBounded<BuildEvent>(new BoundedChannelOptions(256) { SingleReader = true });
    readonly Dictionary<Digest, ClassicStep> _steps = [];
    readonly Dictionary<Vertex, string> _ids = new(ReferenceEqualityComparer.Instance);
    IReadOnlyList<BuildInstruction> _instructions = [];
    VertexNames _names = new();
    SeenSteps _seen = new();
    Task _showing = Task.CompletedTask;
    int _at;
    bool _begun;

    internal void Begin(BuildPlan plan, VertexNames names, SeenSteps seen)
    {
        (_names, _seen) = (names, seen);
        _instructions = [.. plan.Instructions.Where(i => !i.IsTrigger)];
        foreach (var instruction in _instructions)
            _steps.TryAdd(names.Of(instruction.Result), new ClassicStep(instruction.Result is RunStep, Ids.Short(Ids.New())));
        _showing = ShowAsync();
    }

    /// <summary>Takes an event; waits while the reader of the stream is behind.</summary>
    internal void Take(BuildEvent happened)
    {
        while (!_events.Writer.TryWrite(happened))
        {
            if (!_events.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
                return;
        }
    }

    /// <summary>Shows the rest; the last instruction made this image.</summary>
    internal async Task EndAsync(Digest? image)
    {
        _events.Writer.TryComplete();
        await _showing.ConfigureAwait(false);
        await ShowReadyAsync(image).ConfigureAwait(false);
        if (image is { } id)
            _seen.Add(Ids.Short(id.Hex));
    }

    /// <summary>The build failed: what failed is shown though it may not be its turn.</summary>
    internal async Task FailAsync()
    {
        _events.Writer.TryComplete();
        await _showing.ConfigureAwait(false);
        for (var i = _at; i < _instructions.Count; i++)
        {
            var step = StepOf(_instructions[i]);
            if (!step.Failed || !_instructions[i].ChangesTree)
                continue;
            if (i != _at)
                (_at, _begun) = (i, false);
            await ShowBeginAsync(_instructions[i]).ConfigureAwait(false);
            await ShowOutputAsync(step).ConfigureAwait(false);
            return;
        }
    }

    async Task ShowAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!_steps.TryGetValue(happened.Vertex, out var step))
                continue;
            step.Take(happened);
            await ShowReadyAsync(null).ConfigureAwait(false);
        }
    }

    async Task ShowReadyAsync(Digest? image)
    {
        for (; _at < _instructions.Count; (_at, _begun) = (_at + 1, false))
        {
            var instruction = _instructions[_at];
            var step = StepOf(instruction);
            await ShowBeginAsync(instruction).ConfigureAwait(false);
            if (instruction.Stage < 0)
                continue;
            if (instruction.ChangesTree && step.IsKnown)
                await ShowOutputAsync(step).ConfigureAwait(false);
            if (!step.Completed || step.Failed)
                return;
            // The last one's id is the image's, which is known at the end.
            if (_at == _instructions.Count - 1 && image is null)
                return;
            await ShowEndAsync(instruction, step, image).ConfigureAwait(false);
        }
    }

    async Task ShowBeginAsync(BuildInstruction instruction)
    {
        if (_begun)
            return;
        _begun = true;
        await send(string.Create(CultureInfo.InvariantCulture, $"Step {_at + 1}/{_instructions.Count} : {instruction.Text}"))
            .ConfigureAwait(false);
        await send("\n").ConfigureAwait(false);
    }

    async Task ShowOutputAsync(ClassicStep step)
    {
        if (step.Cached || !step.IsRun || !step.Started)
            return;
        if (!step.Announced)
            await send($" ---> Running in {step.Container}\n").ConfigureAwait(false);
        step.Announced = true;
        foreach (var text in step.Output())
            await send(text).ConfigureAwait(false);
    }

    async Task ShowEndAsync(BuildInstruction instruction, ClassicStep step, Digest? image)
    {
        var id = _at == _instructions.Count - 1 ? Ids.Short(image!.Value.Hex) : IdOf(instruction, step);
        var begins = instruction.CreatedBy.Length == 0;
        if (instruction.ChangesTree ? step.Cached : !begins && _seen.Contains(id))
            await send(" ---> Using cache\n").ConfigureAwait(false);
        else if (instruction.ChangesTree && step.IsRun && removes)
            await send($"Removing intermediate container {step.Container}\n").ConfigureAwait(false);
        _seen.Add(id);
        _ids[instruction.Result] = id;
        await send($" ---> {id}\n").ConfigureAwait(false);
    }

    // The classic builder kept an image a step; these have none, and the same id whenever they are the same.
    string IdOf(BuildInstruction instruction, ClassicStep step)
    {
        if (instruction.CreatedBy.Length == 0)
            return instruction.Result is ImageSource image ? Ids.Short(image.Resolved.Hex) : _ids.GetValueOrDefault(instruction.Result, "");
        var before = _ids.GetValueOrDefault(instruction.ChangesTree ? instruction.Result.Inputs[0] : instruction.Result, "");
        return Ids.Short(Digest.Of(Encoding.UTF8.GetBytes($"{before} {instruction.CreatedBy} {step.Tree}")).Hex);
    }

    ClassicStep StepOf(BuildInstruction instruction) => _steps[_names.Of(instruction.Result)];
}
