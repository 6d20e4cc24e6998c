using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Pier.Api.BuildKit.Services;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.BuildKit.Errors;
using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.Api.BuildKit.Jobs;

/// <summary>
/// The last builds: what was asked, how it ended, and what their watchers saw. In memory and bounded, in number and in what their logs
/// take; a daemon that starts knows none.
/// </summary>
sealed class BuildHistory
{
    const int MaxRecords = 50;

    /// <summary>What the logs of all may take; the oldest go first, their records stay.</summary>
    const long MaxLogs = 8 << 20;

    readonly Lock _gate = new();

    // Oldest first.
    readonly List<Entry> _entries = [];
    readonly List<Channel<BuildHistoryEvent>> _listeners = [];

    /// <summary>Runs a build and writes it down, unless its client wants it to be none of the history.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RecordAsync(
        SolveRequest request,
        BuildJob job,
        Func<Task<IReadOnlyDictionary<string, string>>> build
    )
    {
        if (request.Internal)
            return await build();
        var entry = Begin(request, job);
        try
        {
            var response = await build();
            End(entry, response, null);
            return response;
        }
        catch (Exception e)
        {
            End(entry, new Dictionary<string, string>(), e);
            throw;
        }
    }

    /// <summary>The options of a build whose client is its own frontend's front come with its question.</summary>
    public void Describe(string reference, string frontend, IDictionary<string, string> attributes)
    {
        lock (_gate)
        {
            if (Find(reference) is not { } entry || entry.Record.FrontendAttrs.Count > 0)
                return;
            entry.Record.Frontend = frontend;
            entry.Record.FrontendAttrs.Add(attributes);
        }
    }

    /// <summary>What the watchers of a build saw; null where it is not known, or not any more.</summary>
    public BuildJob? Job(string reference)
    {
        lock (_gate)
            return Find(reference)?.Job;
    }

    public void Update(UpdateBuildHistoryRequest request)
    {
        lock (_gate)
        {
            var entry = Find(request.Ref) ?? throw new NotFoundException($"no build history record {request.Ref}");
            if (request.Delete)
            {
                if (entry.Record.CompletedAt is null)
                    throw new ConflictException($"build {request.Ref} is running");
                _entries.Remove(entry);
                Tell(BuildHistoryEventType.Deleted, entry);
            }
            else if (!request.Finalize)
            {
                entry.Record.Pinned = request.Pinned;
                Tell(BuildHistoryEventType.Complete, entry);
            }
        }
    }

    /// <summary>The records that are asked for, newest first, and unless the client wants no more what happens from then on.</summary>
    public async IAsyncEnumerable<BuildHistoryEvent> ListenAsync(BuildHistoryRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<BuildHistoryEvent>(
            new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        BuildHistoryEvent[] known;
        lock (_gate)
        {
            known = [.. Asked(request).Select(e => Event(Kind(e), e))];
            if (!request.EarlyExit)
                _listeners.Add(channel);
        }
        try
        {
            foreach (var happened in known)
                yield return happened;
            if (request.EarlyExit)
                yield break;
            await foreach (var happened in channel.Reader.ReadAllAsync(ct))
                if (request.Ref.Length == 0 || request.Ref == happened.Record.Ref)
                    yield return happened;
        }
        finally
        {
            lock (_gate)
                _listeners.Remove(channel);
        }
    }

    IEnumerable<Entry> Asked(BuildHistoryRequest request)
    {
        var asked = _entries
            .AsEnumerable()
            .Reverse()
            .Where(e => request.Ref.Length == 0 || e.Record.Ref == request.Ref)
            .Where(e => !request.ActiveOnly || e.Record.CompletedAt is null);
        return request.Limit > 0 ? asked.Take(request.Limit) : asked;
    }

    Entry Begin(SolveRequest request, BuildJob job)
    {
        var record = new BuildHistoryRecord
        {
            Ref = request.Ref,
            Frontend = request.Frontend,
            CreatedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
            // Clients look into it without asking whether it is there.
            Result = new BuildResultInfo(),
        };
        record.FrontendAttrs.Add(request.FrontendAttrs);
        record.Exporters.AddRange(request.Exporters);
        var entry = new Entry(record) { Job = job };
        lock (_gate)
        {
            _entries.Add(entry);
            Tell(BuildHistoryEventType.Started, entry);
        }
        return entry;
    }

    void End(Entry entry, IReadOnlyDictionary<string, string> response, Exception? error)
    {
        lock (_gate)
        {
            var record = entry.Record;
            record.CompletedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
            foreach (var (key, value) in response)
                record.ExporterResponse[key] = value;
            if (error is not null)
                record.Error = StatusOf(error);
            Trim();
            Tell(BuildHistoryEventType.Complete, entry);
        }
    }

    void Trim()
    {
        while (_entries.Count > MaxRecords)
        {
            var done = _entries.Where(e => e.Record.CompletedAt is not null).ToArray();
            if ((done.FirstOrDefault(e => !e.Record.Pinned) ?? done.FirstOrDefault()) is not { } oldest)
                break;
            _entries.Remove(oldest);
            Tell(BuildHistoryEventType.Deleted, oldest);
        }
        var total = 0L;
        foreach (var entry in _entries.AsEnumerable().Reverse().Where(e => e is { Job: not null, Record.CompletedAt: not null }))
        {
            total += entry.Job!.Size;
            if (total > MaxLogs)
                entry.Job = null;
        }
    }

    void Tell(BuildHistoryEventType type, Entry entry)
    {
        foreach (var listener in _listeners)
            listener.Writer.TryWrite(Event(type, entry));
    }

    static BuildHistoryEventType Kind(Entry entry) =>
        entry.Record.CompletedAt is null ? BuildHistoryEventType.Started : BuildHistoryEventType.Complete;

    static BuildHistoryEvent Event(BuildHistoryEventType type, Entry entry)
    {
        entry.Job?.Count(entry.Record);
        return new BuildHistoryEvent { Type = type, Record = entry.Record.Clone() };
    }

    Entry? Find(string reference) => _entries.FindLast(e => e.Record.Ref == reference);

    static Status StatusOf(Exception error)
    {
        var told = error switch
        {
            GrpcException grpc => grpc,
            OperationCanceledException => new GrpcException(GrpcCode.Cancelled, "context canceled"),
            _ => GrpcErrors.Of(error),
        };
        return told.Details ?? new Status { Code = (int)told.Code, Message = told.Message };
    }

    sealed class Entry(BuildHistoryRecord record)
    {
        public BuildHistoryRecord Record { get; } = record;

        /// <summary>Null when its log is not kept any more.</summary>
        public BuildJob? Job { get; set; }
    }
}
