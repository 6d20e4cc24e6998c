using System.Text;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>What the classic stream knows of a step, and what the step wrote that was not shown yet.</summary>
/// <param name="container">What the stream calls its container.</param>
sealed class ClassicStep(bool isRun, string container)
{
    // A step that waits for its turn may write this much; what is more is left out of its middle.
    const int Kept = 8 << 20;

    readonly Queue<string> _output = new();
    readonly Decoder _standardOutput = Encoding.UTF8.GetDecoder(),
        _standardError = Encoding.UTF8.GetDecoder();
    long _length;

    public bool IsRun => isRun;
    public string Container => container;
    public bool IsKnown { get; private set; }
    public bool Started { get; private set; }
    public bool Completed { get; private set; }
    public bool Cached { get; private set; }
    public bool Failed { get; private set; }
    public Digest? Tree { get; private set; }

    /// <summary>Its container was told.</summary>
    public bool Announced { get; set; }

    public void Take(BuildEvent happened)
    {
        if (happened is VertexEvent state)
        {
            (IsKnown, Started, Completed, Cached, Failed, Tree) = (
                true,
                state.Started is not null,
                state.Completed is not null,
                state.Cached,
                state.Error is not null,
                state.Tree
            );
            return;
        }
        if (happened is not VertexLogEvent log)
            return;
        var decoder = log.Stream == 2 ? _standardError : _standardOutput;
        var characters = new char[decoder.GetCharCount(log.Data.Span, flush: false)];
        var text = new string(characters, 0, decoder.GetChars(log.Data.Span, characters, flush: false));
        if ((_length += text.Length) <= Kept)
            _output.Enqueue(text);
        else if (_length - text.Length <= Kept)
            _output.Enqueue("\n[output clipped]\n");
    }

    /// <summary>What was not shown yet; it is shown then.</summary>
    public IEnumerable<string> Output()
    {
        while (_output.TryDequeue(out var text))
        {
            _length -= text.Length;
            if (text.Length > 0)
                yield return text;
        }
    }
}
