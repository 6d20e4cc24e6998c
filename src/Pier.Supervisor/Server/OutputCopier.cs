using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Logs;

namespace Pier.Supervisor.Server;

/// <summary>Copies output to logs and attached clients.</summary>
sealed class OutputCopier(Spool spool, LogWriter writer, Scratch scratch, LogHolds holds)
{
    /// <summary>Output of a process that has ended is read to its end, but not for ever: others may hold its pipes and write on.</summary>
    const int MaxDrain = 4 << 20;

    /// <summary>Copies one batch, unless the log waits for its receiver.</summary>
    public void Copy(OutputStream stream)
    {
        if (stream.Entry.Log is { Held: true })
            holds.Hold(stream.Entry);
        else
            Transfer(stream);
    }

    /// <summary>Copies what an ended process left behind, also to a log that waits, and closes the stream.</summary>
    public void Drain(OutputStream stream)
    {
        var total = 0;
        while (!stream.Ended && total < MaxDrain && Transfer(stream) is { Count: > 0 } moved)
            total += moved.Count;
        End(stream);
    }

    Transfer Transfer(OutputStream stream)
    {
        // No more than is taken further on: nobody tells of what stays in the relay.
        stream.Relay(stream.Entry.Log?.Batch ?? Spool.MaxBatch);
        var moved = stream.Entry.Log is { } log ? LoggedOrLost(stream, log) : Unlogged(stream);
        if (moved.Ended)
            End(stream);
        return moved;
    }

    /// <summary>
    /// A log that fails (its directory is gone, the disk is broken) is given up: it must stop neither its process nor the others.
    /// </summary>
    Transfer LoggedOrLost(OutputStream stream, JsonLog log)
    {
        try
        {
            return Logged(stream, log);
        }
        catch (LinuxException e)
        {
            GiveUpLog(stream, e);
            return Unlogged(stream);
        }
    }

    Transfer Logged(OutputStream stream, JsonLog log)
    {
        var entry = stream.Entry;
        writer.Begin(log, entry.File, stream.Index);
        var moved = spool.Fill(stream.Source, log.Batch);
        if (moved.Count == 0)
        {
            writer.Abandon();
            return moved;
        }
        entry.Deliver(stream.Index, spool.From(0));
        writer.Copy(log, entry.File, DateTime.UtcNow);
        return moved;
    }

    Transfer Unlogged(OutputStream stream)
    {
        var moved = Pipe.Read(stream.Source, scratch.Output);
        if (moved.Count > 0)
            stream.Entry.Deliver(stream.Index, scratch.Output.AsSpan(0, moved.Count));
        return moved;
    }

    void End(OutputStream stream)
    {
        if (stream.Ended)
            return;
        stream.End();
        try
        {
            if (stream.Entry.Log is { } log)
                writer.Flush(log, stream.Entry.File, stream.Index, DateTime.UtcNow);
        }
        catch (LinuxException e)
        {
            GiveUpLog(stream, e);
        }
    }

    void GiveUpLog(OutputStream stream, LinuxException e)
    {
        SupervisorProgram.Complain($"log of {stream.Entry.Record.Key} given up: {e.Message}");
        writer.Abandon();
        stream.Entry.LoseLog();
    }
}
