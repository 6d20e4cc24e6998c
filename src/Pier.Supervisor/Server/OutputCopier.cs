using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Logs;

namespace Pier.Supervisor.Server;

/// <summary>Copies output to logs and attached clients.</summary>
sealed class OutputCopier(Spool spool, LogWriter writer, Scratch scratch)
{
    /// <summary>Output of a process that has ended is read to its end, but not for ever: others may hold its pipes and write on.</summary>
    const int MaxDrain = 4 << 20;

    /// <summary>Copies one batch; false when nothing is there, or at the stream's end.</summary>
    public bool Copy(OutputStream stream) => Transfer(stream) is { Count: > 0 };

    /// <summary>Copies what an ended process left behind and closes the stream.</summary>
    public void Drain(OutputStream stream)
    {
        var total = 0;
        while (!stream.Ended && total < MaxDrain && Transfer(stream) is { Count: > 0 } moved)
            total += moved.Count;
        End(stream);
    }

    Transfer Transfer(OutputStream stream)
    {
        stream.Relay(Spool.MaxBatch);
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
        var start = spool.End;
        var moved = spool.Fill(stream.Source);
        if (moved.Count > 0)
        {
            entry.Deliver(stream.Index, spool.From(start));
            writer.Copy(log, entry.File, DateTime.UtcNow);
            return moved;
        }
        writer.Abandon();
        if (moved.Errno == 0 || moved.WouldBlock)
            return moved;
        // The exec root cannot take the bytes (it is full): better logged without protection than a process that hangs.
        moved = Pipe.Read(stream.Source, scratch.Output);
        if (moved.Count == 0)
            return moved;
        entry.Deliver(stream.Index, scratch.Output.AsSpan(0, moved.Count));
        writer.CopyUnspooled(log, entry.File, stream.Index, scratch.Output.AsSpan(0, moved.Count), DateTime.UtcNow);
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
