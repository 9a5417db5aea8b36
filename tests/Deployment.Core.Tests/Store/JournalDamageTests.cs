using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class JournalDamageTests
{
    private TemporaryFolder _folder = null!;
    private FileDeploymentStore _store = null!;
    private List<string> _heads = null!;

    private string Segment => _folder.In("runs", StoreSamples.RunId, "journal-0001.log");

    private string NextSegment => _folder.In("runs", StoreSamples.RunId, "journal-0002.log");

    [SetUp]
    public async Task AppendFour()
    {
        _folder = new TemporaryFolder();
        _store = new FileDeploymentStore(_folder.Path);
        LeaseState lease = await _store.CreateAndTakeAsync();
        _heads = await _store.AppendAsync(lease, JournalFrame.Start, 4, padding: 50);
    }

    [TearDown]
    public void Delete()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Read_CutAtAnyByteOfTheLastFrame_LeavesItOut()
    {
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        int last = LineStart(whole, 3);
        for (int length = last; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Segment, whole[..length]);
            (await _store.HeadsAsync()).Should().Equal(_heads.Take(3));
        }
    }

    [Test]
    public async Task Read_ZerosAtTheEnd_AreLeftOut([Values(1, 512, 600_000)] int zeros)
    {
        await File.AppendAllBytesAsync(Segment, new byte[zeros]);

        (await _store.HeadsAsync()).Should().Equal(_heads);
    }

    [Test]
    public async Task Read_HoleInTheLastFrame_LeavesItOut()
    {
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        whole.AsSpan(LineStart(whole, 3), 40).Clear();
        await File.WriteAllBytesAsync(Segment, whole);

        (await _store.HeadsAsync()).Should().Equal(_heads.Take(3));
    }

    [Test]
    public async Task Read_AnyByteBeforeTheLastFrameChanged_IsRefusedByFileAndOffset()
    {
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        int last = LineStart(whole, 3);
        for (int at = 0; at < last; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(Segment, damaged);
            int line = LineStart(whole, damaged[..at].Count(b => b == '\n') - 1);

            (await FluentActions.Awaiting(() => _store.HeadsAsync()).Should().ThrowAsync<JournalDamagedException>($"byte {at} was changed"))
                .Which.Message.Should().Contain(Segment).And.Contain(at < LineStart(whole, 0) ? "byte 0" : $"byte {line}");
        }
    }

    [Test]
    public async Task Read_FrameTakenOut_IsRefused()
    {
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        await File.WriteAllBytesAsync(Segment, [.. whole[..LineStart(whole, 1)], .. whole[LineStart(whole, 2)..]]);

        await FluentActions.Awaiting(() => _store.HeadsAsync()).Should().ThrowAsync<JournalDamagedException>().WithMessage("*doesn't follow*");
    }

    [Test]
    public async Task TryTake_TornTail_GoesOnBeforeIt()
    {
        await File.AppendAllTextAsync(Segment, "3f2a torn");
        using var taker = new FileDeploymentStore(_folder.Path);

        List<string> added = await taker.AppendAsync(await taker.TakeAsync(), _heads[^1], 2);

        (await taker.HeadsAsync()).Should().Equal([.. _heads, .. added]);
        (await _store.HeadsAsync()).Should().Equal([.. _heads, .. added]);
    }

    [Test]
    public async Task TryTake_OwnFirstFrameTorn_TheNextTakerGoesOnFromTheSegmentBefore()
    {
        await _store.TakeAsync();
        await File.AppendAllTextAsync(NextSegment, new string('a', 64) + ' ');
        using var taker = new FileDeploymentStore(_folder.Path);

        LeaseState lease = await taker.TakeAsync();
        List<string> added = await taker.AppendAsync(lease, _heads[^1], 1);

        (await taker.HeadsAsync()).Should().Equal([.. _heads, .. added]);
    }

    [Test]
    public async Task TryTake_DamagedJournal_IsRefused()
    {
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        whole[LineStart(whole, 1) + 140] ^= 1;
        await File.WriteAllBytesAsync(Segment, whole);

        await FluentActions.Awaiting(() => _store.TakeAsync()).Should().ThrowAsync<JournalDamagedException>();
    }

    [Test]
    public async Task Read_SegmentThatALaterOneGoesOnFromCutShort_IsRefused()
    {
        await _store.AppendAsync(await _store.TakeAsync(), _heads[^1], 1);
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        await File.WriteAllBytesAsync(Segment, whole[..(LineStart(whole, 3) - 1)]);

        (await FluentActions.Awaiting(() => _store.HeadsAsync()).Should().ThrowAsync<JournalDamagedException>())
            .Which.Message.Should().Contain(NextSegment).And.Contain($"{Segment} is intact up to byte {LineStart(whole, 2)}");
    }

    [Test]
    public async Task Read_LastFrameLostAfterATakeover_IsReadFromTheNextSegment()
    {
        List<string> added = await _store.AppendAsync(await _store.TakeAsync(), _heads[^1], 1);
        byte[] whole = await File.ReadAllBytesAsync(Segment);
        await File.WriteAllBytesAsync(Segment, whole[..LineStart(whole, 3)]);

        (await _store.HeadsAsync()).Should().Equal([.. _heads, .. added]);
    }

    [Test]
    public async Task Read_FirstSegmentMissing_IsRefused()
    {
        await _store.AppendAsync(await _store.TakeAsync(), _heads[^1], 1);
        File.Delete(Segment);

        await FluentActions.Awaiting(() => _store.HeadsAsync()).Should().ThrowAsync<JournalDamagedException>();
    }

    // The first line is the header.
    private static int LineStart(byte[] content, int frame)
    {
        int at = 0;
        for (int line = 0; line <= frame; line++)
        {
            at = Array.IndexOf(content, (byte)'\n', at) + 1;
        }

        return at;
    }
}
