using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

/// <summary>What becomes of requests on an instance that is replaced, while others of its revision serve.</summary>
public sealed class SlotDrainTests : SlotFixture
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Replace_RequestsInFlight_FinishAndThenTheInstanceEnds(CancellationToken cancellationToken)
    {
        LocalTarget target = Of(options => options.StopGrace = TimeSpan.Zero);
        await FillAsync(target);
        Task<string>[] slow = await SlowOnEachAsync(1500, cancellationToken);

        await RunAsync(target.Replace(["2"], App(2)), target: target);

        slow.Count(request => request.IsCompleted).Should().BeGreaterThan(0, "it waited for the one that was on the instance");
        (await Task.WhenAll(slow)).Should().AllBe("v1:");
        (await target.Host.CountersAsync(Port, cancellationToken))[Id(1)].LeftByDrains.Should().Be(0);
    }

    // The negative control: without a wait the same request is lost, and that one alone.
    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(60_000)]
    public async Task Replace_WithoutDrain_BreaksOffWhatIsOnThatInstanceAlone(bool cut, CancellationToken cancellationToken)
    {
        LocalTarget target = Of(options => (options.DrainDeadline, options.CutAtDrainDeadline, options.StopGrace) = (TimeSpan.Zero, cut, TimeSpan.Zero));
        await FillAsync(target);
        Task<string>[] slow = await SlowOnEachAsync(1500, cancellationToken);

        await RunAsync(target.Replace(["2"], App(2)), target: target);

        await Task.WhenAll(slow.Select(request => request.ContinueWith(_ => { }, TaskScheduler.Default)));
        slow.Count(request => request.IsFaulted).Should().Be(1);
        RevisionCounters counted = (await target.Host.CountersAsync(Port, cancellationToken))[Id(1)];
        (cut ? counted.CutByDrains : counted.LeftByDrains).Should().Be(1);
        (await File.ReadAllTextAsync(Folder.SupervisorLog, cancellationToken)).Should().Contain($"instance 2 of {Id(1)}").And.Contain(cut ? "broken off" : "left until it ends");
    }

    // One on each of the three instances: they take turns.
    private async Task<Task<string>[]> SlowOnEachAsync(int milliseconds, CancellationToken cancellationToken)
    {
        Task<string>[] slow = [.. Enumerable.Range(0, 3).Select(_ => Client.GetStringAsync(Public($"/slow?ms={milliseconds}"), cancellationToken))];
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken)).GetValueOrDefault(Id(1))?.InFlight == 3, "all are under way");
        return slow;
    }
}
