using Microsoft.Win32.SafeHandles;
using Pier.Linux.Epoll;
using Pier.Linux.Processes;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Keeper;
using Pier.Supervisor.Logs;
using Pier.Supervisor.Server;

namespace Pier.Supervisor.Entries;

/// <summary>A process, from its launch until it is released: its record, its descriptors, its streams and who is attached.</summary>
sealed class Entry : IAttachmentOwner, IDisposable
{
    readonly KeeperLink _link;
    readonly List<Attachment> _attachments = [];

    public Entry(EntryFile file, KeptEntry kept, JsonLog? log, KeeperLink link)
    {
        (File, Kept, Log, _link) = (file, kept, log, link);
        Exit = file.Exit();
    }

    public EntryFile File { get; }
    public EntryRecord Record => File.Record;
    public KeptEntry Kept { get; }
    public JsonLog? Log { get; private set; }
    public List<OutputStream> Outputs { get; } = [];
    public StdinPort? Stdin { get; private set; }

    /// <summary>How it ended; set before anyone is told.</summary>
    public EntryExit? Exit { get; private set; }

    /// <summary>The end is recorded, the output is in the log, clients were told.</summary>
    public bool Finished { get; set; }

    /// <summary>Watch of the pidfd while the process lives.</summary>
    public Watch? ExitWatch { get; set; }

    /// <summary>Output is not read: the log waits for its receiver.</summary>
    public bool Held
    {
        get;
        set
        {
            field = value;
            Pause(value || AnyFull());
        }
    }

    public bool Tty => Record.Stdio.Tty;
    public bool TakesInput => Stdin is null || !Stdin.Busy;

    public void OpenStdin(EventLoop loop, SafeFileHandle fd) => Stdin = new StdinPort(loop, fd, ResumeInputs, StdinClosed);

    /// <summary>Attaches a client; one that comes after the end reads the end.</summary>
    public void Attach(Attachment attachment)
    {
        _attachments.Add(attachment);
        attachment.Connect(this);
        if (Finished)
            attachment.Finish();
    }

    public void Deliver(int stream, ReadOnlySpan<byte> bytes)
    {
        // Backwards: an attachment that finds its client gone removes itself.
        for (var i = _attachments.Count - 1; i >= 0; i--)
            _attachments[i].Deliver(stream, bytes);
        if (!Finished && AnyFull())
            Pause(true);
    }

    /// <summary>The log cannot be written any more: the process goes on without.</summary>
    public void LoseLog()
    {
        Log?.Dispose();
        Log = null;
    }

    public void RecordExit(EntryExit exit)
    {
        File.SetExit(exit);
        Exit = File.Exit() ?? exit;
    }

    /// <summary>
    /// Nothing more comes or goes: attached clients read the end when they have taken what waits. Every descriptor is closed, here and in
    /// the keeper.
    /// </summary>
    public void FinishStreams()
    {
        foreach (var output in Outputs)
            output.End();
        Stdin?.Abort();
        for (var i = _attachments.Count - 1; i >= 0; i--)
            _attachments[i].Finish();
        Role[] roles = [.. Kept.Descriptors.Keys];
        Kept.DropAll();
        if (roles.Length > 0)
            _link.Drop(File.Id, roles);
    }

    public void Input(ReadOnlySpan<byte> bytes) => Stdin?.Write(bytes);

    public void InputEnded(Attachment attachment, bool detached)
    {
        if (Exit is not null)
            return;
        // dockerd: only StdinOnce without a terminal closes the process' stdin; otherwise the end of input ends the attachment.
        if (Record.Stdio.StdinOnce && !Tty)
            Stdin?.Close();
        if (detached || !Record.Stdio.StdinOnce || Tty)
            attachment.Finish();
    }

    public void Relieved(Attachment attachment)
    {
        Pause(Held || AnyFull());
    }

    public void Closed(Attachment attachment)
    {
        _attachments.Remove(attachment);
        Pause(Held || AnyFull());
    }

    /// <summary>Sends a signal by pidfd: a reused pid is never meant. False when the process has ended.</summary>
    public bool Signal(int signal) => Exit is null && Kept.Descriptors.TryGetValue(Role.PidFd, out var pidFd) && PidFd.Send(pidFd, signal);

    void Pause(bool paused)
    {
        foreach (var output in Outputs)
            output.Paused = paused;
    }

    bool AnyFull()
    {
        foreach (var attachment in _attachments)
            if (attachment.Full)
                return true;
        return false;
    }

    void ResumeInputs()
    {
        foreach (var attachment in _attachments.ToArray())
            attachment.ResumeInput();
    }

    // The keeper's copy of the write end has to go too before the process reads the end.
    void StdinClosed()
    {
        Kept.Drop(Role.Stdin);
        _link.Drop(File.Id, Role.Stdin);
        ResumeInputs();
    }

    public void Dispose()
    {
        // Attached clients stay: they may not have taken everything yet, and close by themselves when they have.
        ExitWatch?.End();
        FinishStreams();
        Log?.Dispose();
        File.Dispose();
    }
}
