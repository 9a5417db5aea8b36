using System.Runtime.Versioning;
using System.Text;
using Deployment.Store;
using Deployment.Store.Files;

namespace Deployment.Tests.Store;

[Category("Unit")]
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
public sealed class FileDeploymentStoreTests
{
    private TemporaryFolder _folder = null!;
    private FileDeploymentStore _store = null!;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _store = new FileDeploymentStore(_folder.In("store"));
    }

    [TearDown]
    public void Delete()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Read_FolderMissing_IsEmptyAndMakesNothing()
    {
        (await _store.ListRunsAsync(default)).Should().BeEmpty();
        (await _store.ListClaimsAsync(default)).Should().BeEmpty();
        (await _store.FindRunAsync("run-1", default)).Should().BeNull();
        (await _store.ReadLeaseAsync("run-1", default)).Should().BeNull();
        (await _store.ReadSignalsAsync("run-1", 0, default)).Should().BeEmpty();
        (await _store.HeadsAsync()).Should().BeEmpty();
        (await _store.GetBlobAsync(new string('a', 64), default)).Should().BeNull();

        Directory.Exists(_store.Folder).Should().BeFalse();
    }

    [Test]
    public async Task Lease_TakenAndRenewed_TellsWhenByTheHoldersClock()
    {
        var clock = new ManualClock();
        IDeploymentStore holder = new LosingDisk(new Random(1)).OpenStore(clock);
        await holder.CreateRunAsync(StoreSamples.Run(), default);

        LeaseState taken = (await holder.TryTakeLeaseAsync(StoreSamples.RunId, null, "me", default))!;
        DateTimeOffset began = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromSeconds(3.25));
        (await holder.RenewLeaseAsync(StoreSamples.RunId, taken.Epoch, default)).Should().BeTrue();
        clock.Advance(TimeSpan.FromSeconds(1));

        taken.BeatAt.Should().Be(began);
        LeaseState seen = (await holder.ReadLeaseAsync(StoreSamples.RunId, default))!;
        seen.Should().Be(taken with { Beat = 1, BeatAt = began.AddSeconds(3.25) });
    }

    [Test]
    public async Task Lease_WrittenByAnOlderBuild_IsReadWithoutTimes()
    {
        long epoch = (await _store.CreateAndTakeAsync()).Epoch;
        string run = Path.GetDirectoryName(Directory.GetFiles(_store.Folder, "lease-*.json", SearchOption.AllDirectories).Single())!;
        await File.WriteAllTextAsync(Directory.GetFiles(run, "lease-*.json").Single(), $$"""{ "epoch": {{epoch}}, "holder": "web-1:12" }""");
        await _store.RenewLeaseAsync(StoreSamples.RunId, epoch, default);
        string beat = Directory.GetFiles(run, "*beat*").Single();
        await File.WriteAllTextAsync(beat, "0000000000000000007");

        (await _store.ReadLeaseAsync(StoreSamples.RunId, default)).Should().Be(new LeaseState(1, epoch, "web-1:12", 7, Released: false));
        (await _store.RenewLeaseAsync(StoreSamples.RunId, epoch, default)).Should().BeTrue();
        (await _store.ReadLeaseAsync(StoreSamples.RunId, default))!.Beat.Should().Be(8);
    }

    [Test]
    public async Task Write_FilesAndFolders_AreTheOwnersAlone()
    {
        await _store.AppendAsync(await _store.CreateAndTakeAsync(), JournalFrame.Start, 1);
        await _store.RenewLeaseAsync(StoreSamples.RunId, 1, default);
        await _store.TryClaimAsync("run-1", ["web"], StoreSamples.Noon, default);
        await _store.PostSignalAsync("run-1", Signal.Resume("ann"), default);
        await _store.PutBlobAsync(new byte[5], default);
        await _store.ReleaseLeaseAsync(StoreSamples.RunId, 1, default);

        string[] folders = [_store.Folder, .. Directory.GetDirectories(_store.Folder, "*", SearchOption.AllDirectories)];
        string[] files = Directory.GetFiles(_store.Folder, "*", SearchOption.AllDirectories);
        folders.Should().HaveCountGreaterThan(7).And.OnlyContain(path => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        files.Should().HaveCountGreaterThan(7).And.OnlyContain(path => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Directory.GetFiles(_folder.In("store", "temporary")).Should().BeEmpty();
    }

    [TestCase("../other")]
    [TestCase("/etc")]
    [TestCase("..")]
    [TestCase("")]
    [TestCase("a/b")]
    [TestCase("run\n1")]
    [TestCase(".hidden")]
    public async Task RunId_Hostile_IsRefusedEverywhere(string id)
    {
        Func<Task>[] calls =
        [
            () => _store.CreateRunAsync(StoreSamples.Run(id), default),
            () => _store.SaveRunAsync(StoreSamples.Run(id), default),
            () => _store.FindRunAsync(id, default),
            () => _store.AppendAsync(id, 1, StoreSamples.Frame(JournalFrame.Start, 1), default),
            () => _store.HeadsAsync(id),
            () => _store.ReadLeaseAsync(id, default),
            () => _store.TryTakeLeaseAsync(id, null, "me", default),
            () => _store.RenewLeaseAsync(id, 1, default),
            () => _store.ReleaseLeaseAsync(id, 1, default),
            () => _store.PostSignalAsync(id, Signal.Resume("ann"), default),
            () => _store.ReadSignalsAsync(id, 0, default),
        ];
        foreach (Func<Task> call in calls)
        {
            await call.Should().ThrowAsync<DeploymentException>().WithMessage("The run name*");
        }

        Directory.Exists(_store.Folder).Should().BeFalse();
    }

    [TestCase("../../../etc/passwd")]
    [TestCase("ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    [TestCase("")]
    public async Task GetBlob_NoHash_IsRefused(string name) =>
        await FluentActions.Awaiting(() => _store.GetBlobAsync(name, default)).Should().ThrowAsync<DeploymentException>().WithMessage("*64 lower-case hexadecimal*");

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("""{"id":"run-1"}""")]
    [TestCase("""{"id":"run-1","kind":"Deploy","pipeline":"p","environment":"e","application":"a","targets":[],"state":"Running","createdAt":"2030-01-01T00:00:00Z","colour":"red"}""")]
    [TestCase("""{"id":"run-1","kind":"Levitate","pipeline":"p","environment":"e","application":"a","targets":[],"state":"Running","createdAt":"2030-01-01T00:00:00Z"}""")]
    [TestCase("""{"id":"run-1","kind":"Deploy","pipeline":"p","environment":"e","application":"a","targets":[{"target":"t","candidate":"../x","previous":null}],"state":"Running","createdAt":"2030-01-01T00:00:00Z"}""")]
    [TestCase("""{"id":"run-2","kind":"Deploy","pipeline":"p","environment":"e","application":"a","targets":[],"state":"Running","createdAt":"2030-01-01T00:00:00Z"}""")]
    public async Task FindRun_RecordDamagedOrUnknown_NamesTheFileAndWhatToDo(string content)
    {
        await _store.CreateRunAsync(StoreSamples.Run(), default);
        string record = Path.Combine(_store.Folder, "runs", "run-1", "record.json");
        await File.WriteAllTextAsync(record, content);

        foreach (Func<Task> call in new Func<Task>[] { () => _store.FindRunAsync("run-1", default), () => _store.ListRunsAsync(default) })
        {
            (await call.Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain(record).And.Contain("restore the file from a backup");
        }
    }

    [Test]
    public async Task GetBlob_Damaged_IsRefusedAndPuttingItAgainMendsIt()
    {
        byte[] content = Encoding.UTF8.GetBytes("samples");
        string name = await _store.PutBlobAsync(content, default);
        string path = Path.Combine(_store.Folder, "blobs", name[..2], name);
        await File.WriteAllTextAsync(path, "simples");

        await FluentActions.Awaiting(() => _store.GetBlobAsync(name, default)).Should().ThrowAsync<DeploymentException>().WithMessage($"*{path}*damaged*");
        await _store.PutBlobAsync(content, default);

        (await _store.GetBlobAsync(name, default))!.Value.ToArray().Should().Equal(content);
    }

    [Test]
    public async Task Leftovers_OfEndedProcesses_AreIgnoredAndCleanedAfterADay()
    {
        await _store.CreateRunAsync(StoreSamples.Run(), default);
        string old = Path.Combine(_store.Folder, "temporary", "7-1");
        string young = Path.Combine(_store.Folder, "temporary", "7-2");
        await File.WriteAllTextAsync(old, "half a record");
        await File.WriteAllTextAsync(young, "of a process that may live");
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(young).AddHours(-25));
        Directory.CreateDirectory(Path.Combine(_store.Folder, "runs", "half-made"));

        using var next = new FileDeploymentStore(_store.Folder);
        await next.SaveRunAsync(StoreSamples.Run(), default);

        File.Exists(old).Should().BeFalse();
        File.Exists(young).Should().BeTrue();
        (await next.ListRunsAsync(default)).Should().ContainSingle();
    }

    [Test]
    public async Task Append_FlushFailed_IsNeverTriedAgain()
    {
        var disk = new LosingDisk(new Random(1));
        IDeploymentStore store = disk.OpenStore(TimeProvider.System);
        LeaseState lease = await store.CreateAndTakeAsync();
        List<string> heads = await store.AppendAsync(lease, JournalFrame.Start, 2);
        disk.FailAt(disk.Operations + 2, new IOException("Input/output error", 5));

        Func<Task> append = () => store.AppendAsync(lease, heads[^1], 1);
        await append.Should().ThrowAsync<DeploymentException>().WithMessage("*Input/output error*");
        long operations = disk.Operations;
        await append.Should().ThrowAsync<DeploymentException>().WithMessage("*failed before*not tried again*Input/output error*");
        disk.Operations.Should().Be(operations);

        // Nor does this process take the lease again, only to fail: it could not tell what is durable.
        await FluentActions.Awaiting(() => store.TakeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("*not tried again*");
        (await store.ReadLeaseAsync(StoreSamples.RunId, default))!.Epoch.Should().Be(lease.Epoch);

        // Another taker sees the frame, and so has made it durable where it writes itself.
        IDeploymentStore other = disk.OpenStore(TimeProvider.System);
        await other.TakeAsync();
        List<string> seen = await other.HeadsAsync();
        seen.Should().HaveCount(3);
        disk.CutPower();
        (await disk.OpenStore(TimeProvider.System).HeadsAsync()).Should().Equal(seen);
    }

    [Test]
    public async Task Write_DiskFull_ChangesNothingAndGoesOnWithSpace()
    {
        var disk = new LosingDisk(new Random(1));
        IDeploymentStore store = disk.OpenStore(TimeProvider.System);
        LeaseState lease = await store.CreateAndTakeAsync();
        List<string> heads = await store.AppendAsync(lease, JournalFrame.Start, 2);
        await store.RenewLeaseAsync(StoreSamples.RunId, lease.Epoch, default);
        disk.IsFull = true;

        (await store.RenewLeaseAsync(StoreSamples.RunId, lease.Epoch, default)).Should().BeTrue("a beat needs no new space");
        Func<Task>[] calls =
        [
            () => store.SaveRunAsync(StoreSamples.Run() with { Reason = "never" }, default),
            () => store.TryClaimAsync("run-1", ["web"], StoreSamples.Noon, default),
            () => store.PostSignalAsync("run-1", Signal.Abort("ann"), default),
            () => store.PutBlobAsync(new byte[5], default),
            () => store.AppendAsync(lease, heads[^1], 1),
        ];
        foreach (Func<Task> call in calls)
        {
            await call.Should().ThrowAsync<DeploymentException>().WithMessage("*/store*full: free some space*");
        }

        disk.IsFull = false;
        IDeploymentStore next = disk.OpenStore(TimeProvider.System);
        (await next.FindRunAsync("run-1", default))!.Reason.Should().BeNull();
        (await next.ListClaimsAsync(default)).Should().BeEmpty();
        (await next.PostSignalAsync("run-1", Signal.Abort("ann"), default)).Should().Be(1);
        heads.AddRange(await next.AppendAsync(await next.TakeAsync(), heads[^1], 1));
        (await next.HeadsAsync()).Should().Equal(heads);
    }

    [Test]
    public async Task Write_DiskReadOnly_SaysSo()
    {
        var disk = new LosingDisk(new Random(1)) { IsReadOnly = true };

        await FluentActions.Awaiting(() => disk.OpenStore(TimeProvider.System).CreateRunAsync(StoreSamples.Run(), default))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*/store*is read-only*mount it for writing*");
    }

    [Test]
    public async Task Write_AFileInTheWay_NamesThePath()
    {
        await File.WriteAllTextAsync(_store.Folder, "not a folder");

        await FluentActions.Awaiting(() => _store.CreateRunAsync(StoreSamples.Run(), default))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"*{_store.Folder}*");
    }

    [Test]
    public async Task Append_FrameThatCannotBeReadBack_IsRefusedBeforeItIsWritten()
    {
        LeaseState lease = await _store.CreateAndTakeAsync();
        JournalFrame right = StoreSamples.Frame(JournalFrame.Start, 1);
        JournalFrame twoLines = JournalFrames.Create(JournalFrame.Start, "{\n}"u8);

        foreach (JournalFrame wrong in new[] { right with { Head = right.Previous }, right with { Line = right.Line[1..] }, twoLines })
        {
            await FluentActions.Awaiting(() => _store.AppendAsync("run-1", lease.Epoch, wrong, default)).Should().ThrowAsync<DeploymentException>().WithMessage("*Nothing was written*");
        }

        await _store.AppendAsync("run-1", lease.Epoch, right, default);
        (await _store.HeadsAsync()).Should().Equal(right.Head);
    }

    [Test]
    public async Task Writes_ToUnknownRuns_AreRefused()
    {
        Func<Task>[] calls =
        [
            () => _store.SaveRunAsync(StoreSamples.Run(), default),
            () => _store.TryTakeLeaseAsync("run-1", null, "me", default),
            () => _store.PostSignalAsync("run-1", Signal.Resume("ann"), default),
        ];
        foreach (Func<Task> call in calls)
        {
            await call.Should().ThrowAsync<DeploymentException>().WithMessage($"There is no run 'run-1'*{_store.Folder}*");
        }
    }

    [Test]
    public async Task PostSignal_GapLeftByAPowerCut_IsFilled()
    {
        await _store.CreateRunAsync(StoreSamples.Run(), default);
        await _store.PostSignalAsync("run-1", Signal.Pause("ann"), default);
        await _store.PostSignalAsync("run-1", Signal.Resume("ann"), default);
        File.Delete(Path.Combine(_store.Folder, "runs", "run-1", "signals", "000001.json"));

        (await _store.ReadSignalsAsync("run-1", 0, default)).Should().BeEmpty();
        (await _store.PostSignalAsync("run-1", Signal.Abort("bob"), default)).Should().Be(1);

        (await _store.ReadSignalsAsync("run-1", 0, default)).Select(signal => signal.Signal.Kind).Should().Equal(SignalKind.Abort, SignalKind.Resume);
    }

    [Test]
    public async Task Dispose_Then_NothingIsAppended()
    {
        LeaseState lease = await _store.CreateAndTakeAsync();
        _store.Dispose();

        await FluentActions.Awaiting(() => _store.AppendAsync(lease, JournalFrame.Start, 1)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public void DefaultFolder_OnLinux_FollowsXdg()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The XDG folders are Linux's.");
        }

        string home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "deployment");
        StoreFolder.Default("/var/state").Should().Be("/var/state/deployment");
        StoreFolder.Default("relative").Should().Be(home);
        StoreFolder.Default(null).Should().Be(home);
    }
}
