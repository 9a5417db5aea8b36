using Deployment.Providers.Aws.Sites;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class MemoryBudgetTests
{
    [Test]
    public async Task Take_MoreThanIsFree_WaitsInTurn()
    {
        var budget = new MemoryBudget(100);
        long first = await budget.TakeAsync(70, CancellationToken.None);
        Task<long> large = budget.TakeAsync(60, CancellationToken.None);
        Task<long> small = budget.TakeAsync(10, CancellationToken.None);

        large.IsCompleted.Should().BeFalse();
        small.IsCompleted.Should().BeFalse("a small one doesn't pass a large one by");
        budget.Give(first);

        (await large).Should().Be(60);
        (await small).Should().Be(10);
    }

    [Test]
    public async Task Take_MoreThanThereIs_HasAllOfIt()
    {
        var budget = new MemoryBudget(100);

        (await budget.TakeAsync(1000, CancellationToken.None)).Should().Be(100);
    }

    [Test]
    public async Task Take_ThatIsCancelled_HoldsNothingAndNobodyUp()
    {
        var budget = new MemoryBudget(100);
        long first = await budget.TakeAsync(100, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task<long> cancelled = budget.TakeAsync(90, cancel.Token);
        Task<long> next = budget.TakeAsync(100, CancellationToken.None);

        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => cancelled).Should().ThrowAsync<OperationCanceledException>();
        budget.Give(first);

        (await next).Should().Be(100);
    }

    [Test]
    public async Task ManyTakers_NeverHoldMoreThanThereIs()
    {
        var budget = new MemoryBudget(1000);
        long held = 0;
        long most = 0;
        await Parallel.ForAsync(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (i, stop) =>
        {
            long taken = await budget.TakeAsync(1 + (i * 37 % 400), stop);
            long now = Interlocked.Add(ref held, taken);
            InterlockedExtensions.Max(ref most, now);
            await Task.Yield();
            Interlocked.Add(ref held, -taken);
            budget.Give(taken);
        });

        most.Should().BeInRange(401, 1000);
        held.Should().Be(0);
    }

    private static class InterlockedExtensions
    {
        public static void Max(ref long most, long now)
        {
            for (long seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }
        }
    }
}
