using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class InMemoryDeploymentStoreTests
{
    [Test]
    public async Task Appending_Throws_TheFrameIsNotWritten()
    {
        var store = new InMemoryDeploymentStore();
        LeaseState lease = await store.CreateAndTakeAsync();
        store.Appending = number => ThrowAt(2, number);

        await FluentActions.Awaiting(() => store.AppendAsync(lease, JournalFrame.Start, 3)).Should().ThrowAsync<IOException>();

        (await store.HeadsAsync()).Should().HaveCount(1);
    }

    [Test]
    public async Task Appended_Throws_TheFrameIsWrittenAllTheSame()
    {
        var store = new InMemoryDeploymentStore();
        LeaseState lease = await store.CreateAndTakeAsync();
        store.Appended = number => ThrowAt(2, number);

        await FluentActions.Awaiting(() => store.AppendAsync(lease, JournalFrame.Start, 3)).Should().ThrowAsync<IOException>();

        (await store.HeadsAsync()).Should().HaveCount(2);
    }

    private static void ThrowAt(int wanted, int number)
    {
        if (number == wanted)
        {
            throw new IOException("the process died");
        }
    }
}
