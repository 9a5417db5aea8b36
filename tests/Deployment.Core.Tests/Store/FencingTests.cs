using System.Runtime.Versioning;
using Deployment.Store;

namespace Deployment.Tests.Store;

/// <summary>An owner that slept through a takeover, at every point of its append.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[Category("Unit")]
public sealed class FencingTests
{
    [Test]
    public async Task Append_TakenOverAtAnyMoment_CountsForAllOrForNobody()
    {
        List<string> outcomes = [];
        for (int moment = 0; moment < 6; moment++)
        {
            using var folder = new TemporaryFolder();
            var layer = new PausingFiles();
            using var sleeper = new FileDeploymentStore(folder.Path, layer, TimeProvider.System);
            using var taker = new FileDeploymentStore(folder.Path);
            LeaseState lease = await sleeper.CreateAndTakeAsync();
            List<string> before = await sleeper.AppendAsync(lease, JournalFrame.Start, 2);

            LeaseState? next = null;
            List<string> seen = [];
            layer.PauseBefore(moment, () =>
            {
                next = taker.TakeAsync().GetAwaiter().GetResult();
                seen = taker.HeadsAsync().GetAwaiter().GetResult();
            });
            JournalFrame late = StoreSamples.Frame(before[^1], 99);
            bool acknowledged = await AcknowledgedAsync(() => sleeper.AppendAsync(StoreSamples.RunId, lease.Epoch, late, default));
            next ??= await taker.TakeAsync();
            seen = seen.Count > 0 ? seen : await taker.HeadsAsync();

            // Whatever the taker saw is the journal, before and after it goes on.
            (await sleeper.HeadsAsync()).Should().Equal(seen);
            List<string> after = await taker.AppendAsync(next, seen[^1], 2);
            (await sleeper.HeadsAsync()).Should().Equal([.. seen, .. after]);
            seen.Take(2).Should().Equal(before);
            if (acknowledged)
            {
                seen.Should().Contain(late.Head);
            }

            outcomes.Add($"{(acknowledged ? "acknowledged" : "refused")}, {(seen.Contains(late.Head) ? "seen" : "not seen")}");
        }

        outcomes.Should().Contain("refused, not seen").And.Contain("refused, seen").And.Contain("acknowledged, seen");
    }

    [Test]
    public async Task Append_LateFrameWrittenBehindTheTakersBack_NeverShows()
    {
        using var folder = new TemporaryFolder();
        using var sleeper = new FileDeploymentStore(folder.Path);
        using var taker = new FileDeploymentStore(folder.Path);
        LeaseState lease = await sleeper.CreateAndTakeAsync();
        List<string> before = await sleeper.AppendAsync(lease, JournalFrame.Start, 2);
        LeaseState next = await taker.TakeAsync();

        // What a write that was under way at the takeover does: it lands in the old segment.
        await File.AppendAllBytesAsync(folder.In("runs", StoreSamples.RunId, "journal-0001.log"), StoreSamples.Frame(before[^1], 99).Line.ToArray());

        (await taker.HeadsAsync()).Should().Equal(before);
        List<string> after = await taker.AppendAsync(next, before[^1], 1);
        (await sleeper.HeadsAsync()).Should().Equal([.. before, .. after]);
    }

    [Test]
    public async Task TryTake_SleptThroughTheNextTurn_GetsNothingAndHarmsNothing()
    {
        for (int moment = 0; moment < 40; moment++)
        {
            using var folder = new TemporaryFolder();
            var layer = new PausingFiles();
            using var sleeper = new FileDeploymentStore(folder.Path, layer, TimeProvider.System);
            using var owner = new FileDeploymentStore(folder.Path);
            LeaseState lease = await owner.CreateAndTakeAsync();
            List<string> heads = await owner.AppendAsync(lease, JournalFrame.Start, 2);

            LeaseState? next = null;
            layer.PauseBefore(moment, () =>
            {
                next = owner.TakeAsync().GetAwaiter().GetResult();
                heads.AddRange(owner.AppendAsync(next, heads[^1], 2).GetAwaiter().GetResult());
            });
            LeaseState? slept = await sleeper.TryTakeLeaseAsync(StoreSamples.RunId, lease, "sleeper", default);

            (await owner.HeadsAsync()).Should().Equal(heads);
            if (slept is not null)
            {
                next.Should().BeNull("only one of them may hold the lease");
            }
            else
            {
                LeaseState? held = await owner.ReadLeaseAsync(StoreSamples.RunId, default);
                held.Should().Be(next);
                await owner.AppendAsync(next!, heads[^1], 1);
            }
        }
    }

    [Test]
    public async Task Append_SameProcessTakesAgain_GoesOnUnderTheNewEpochOnly()
    {
        IDeploymentStore store = new LosingDisk(new Random(1)).OpenStore(TimeProvider.System);
        LeaseState first = await store.CreateAndTakeAsync();
        List<string> heads = await store.AppendAsync(first, JournalFrame.Start, 2);
        LeaseState second = await store.TakeAsync();

        await FluentActions.Awaiting(() => store.AppendAsync(first, heads[^1], 1)).Should().ThrowAsync<LeaseLostException>();
        heads.AddRange(await store.AppendAsync(second, heads[^1], 2));

        (await store.HeadsAsync()).Should().Equal(heads);
    }

    [Test]
    public async Task Append_LeaseTakenThroughAnotherObject_IsRefusedWithTheReason()
    {
        var disk = new LosingDisk(new Random(1));
        LeaseState lease = await disk.OpenStore(TimeProvider.System).CreateAndTakeAsync();

        await FluentActions.Awaiting(() => disk.OpenStore(TimeProvider.System).AppendAsync(lease, JournalFrame.Start, 1))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*through another store object*");
    }

    private static async Task<bool> AcknowledgedAsync(Func<Task> append)
    {
        try
        {
            await append();
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }
}
