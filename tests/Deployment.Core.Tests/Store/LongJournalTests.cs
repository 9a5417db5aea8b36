using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class LongJournalTests
{
    [Test]
    public async Task Read_HundredThousandFramesOverManyOwners_InOrder()
    {
        const int Turns = 10;
        const int Frames = 10_000;
        IDeploymentStore store = new LosingDisk(new Random(1)) { IgnoresFlushes = true }.OpenStore(TimeProvider.System);
        await store.CreateRunAsync(StoreSamples.Run(), default);
        List<string> heads = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            heads.AddRange(await store.AppendAsync(await store.TakeAsync(), heads.LastOrDefault(JournalFrame.Start), Frames));
        }

        (await store.HeadsAsync()).SequenceEqual(heads).Should().BeTrue();
    }

    [Test]
    public async Task Read_FramesLongerThanAnyChunk_AreWhole()
    {
        IDeploymentStore store = new LosingDisk(new Random(1)).OpenStore(TimeProvider.System);
        List<string> heads = await store.AppendAsync(await store.CreateAndTakeAsync(), JournalFrame.Start, 3, padding: 5_000_000);

        (await store.HeadsAsync()).Should().Equal(heads);
    }

    [Test]
    public async Task Read_TokenCancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        IDeploymentStore store = new LosingDisk(new Random(1)).OpenStore(TimeProvider.System);
        await store.AppendAsync(await store.CreateAndTakeAsync(), JournalFrame.Start, 3, padding: 5_000_000);

        Func<Task> read = async () =>
        {
            await foreach (JournalFrame _ in store.ReadJournalAsync(StoreSamples.RunId, cancellation.Token))
            {
                await cancellation.CancelAsync();
            }
        };

        await read.Should().ThrowAsync<OperationCanceledException>();
    }
}
