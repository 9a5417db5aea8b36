using Deployment.Notifications;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class HoldNoticesTests
{
    private readonly List<(TimeSpan After, Notice Notice)> _told = [];
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _told.Clear();
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void Held_NobodyDecides_OwnerIsToldAndThenTheBackup()
    {
        DeploymentResult result = Deploy(new Teller(this), TimeSpan.FromHours(1));

        _told.Select(told => (told.After, told.Notice.Role, told.Notice.Person)).Should().Equal(
            (TimeSpan.Zero, "rollback owner", "ada"),
            (TimeSpan.FromMinutes(15), "backup owner", (string?)null));
        _told[0].Notice.Title.Should().Be("shop 1.1.0 in production is held: p95");
        _told[0].Notice.Text.Should().Be("25% slower Resume to check again, promote to go on all the same, abort to go back, or supersede it with a newer release (SupersedeAsync).");
        Notified(result).Should().Equal("ada (rollback owner) was told.", "the backup owner was told.");
    }

    [Test]
    public void Held_SomebodyDecidesSoon_TheBackupIsLeftAlone()
    {
        Deploy(new Teller(this), TimeSpan.FromMinutes(10));

        _told.Should().ContainSingle();
    }

    [Test]
    public void Held_TheNotifierThrows_IsJournaledAndTheRunIsHeldAllTheSame()
    {
        DeploymentResult result = Deploy(new Teller(this, _ => throw new IOException("no route to the pager")), TimeSpan.FromMinutes(1));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Notified(result).Should().Equal("ada (rollback owner) could not be told: IOException: no route to the pager");
    }

    [Test]
    public void Held_TheNotifierHangs_IsGivenUp()
    {
        DeploymentResult result = Deploy(new Teller(this, token => Task.Delay(Timeout.Infinite, token)), TimeSpan.FromMinutes(1));

        Notified(result).Should().Equal("ada (rollback owner) could not be told: the notifier did not end within 30 s");
    }

    [Test]
    public void Held_TheNotifierHangsAndDoesNotListen_AbortWinsAllTheSame()
    {
        DateTimeOffset begin = _world.Time.Clock.GetUtcNow();

        DeploymentResult result = Deploy(new Teller(this, _ => new TaskCompletionSource().Task), TimeSpan.FromSeconds(10), Signal.Abort("ada"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        (result.Log.Entries[^1].At - begin).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Held_ThereIsNoNotifier_TheJournalNamesWhoDecides() =>
        Notified(Deploy(null, TimeSpan.FromMinutes(1))).Should().Equal("ada (rollback owner) is to decide. The pipeline has no notifier that tells so.");

    [Test]
    public void Failed_NothingIsHeld_NobodyIsTold()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().Role("rollback owner", "ada").Notify(new Teller(this)).Check(new ScriptedCheck("p95").Fails("25% slower"), Moment.Shifted);

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);
        _told.Should().BeEmpty();
    }

    private static IEnumerable<string?> Notified(DeploymentResult result) => result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Notified).Select(entry => entry.Text);

    private DeploymentResult Deploy(INotifier? notifier, TimeSpan decides, Signal? signal = null)
    {
        _world.Configure = pipeline =>
        {
            pipeline.UseBlueGreen().Role("rollback owner", "ada").Check(new ScriptedCheck("p95").Fails("25% slower"), Moment.Shifted, FailureAction.Investigate);
            _ = notifier is null ? pipeline : pipeline.Notify(notifier);
        };
        return _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(decides, _world.Time.Clock);
            await pipeline.SignalAsync(_world.RunOf("1.1.0")!.Id, signal ?? Signal.Promote("ada"));
            return await deploying;
        });
    }

    private sealed class Teller(HoldNoticesTests test, Func<CancellationToken, Task>? trouble = null) : INotifier
    {
        private readonly DateTimeOffset _begin = test._world.Time.Clock.GetUtcNow();

        public async Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            await (trouble?.Invoke(cancellationToken) ?? Task.CompletedTask);
            test._told.Add((test._world.Time.Clock.GetUtcNow() - _begin, notice));
        }
    }
}
