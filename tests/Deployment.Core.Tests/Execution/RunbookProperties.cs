using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using FsCheck;
using FsCheck.Fluent;

namespace Deployment.Tests.Execution;

/// <summary>Any runbook, any failing step, any crash point: the run ends, and what it says is true.</summary>
[Category("Unit")]
public sealed class RunbookProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(25);

    [Test]
    public void AnyRunbook_AnyFailingStep_EndsTruthful() =>
        Prop.ForAll<int[], int>((shape, fail) => Truthful(Scenario.Of(shape, fail), crashAt: 0)).Check(Many);

    [Test]
    public void AnyRunbook_AnyFailingStep_AnyCrash_EndsTruthful() =>
        Prop.ForAll<int[], int, int>((shape, fail, crash) => Truthful(Scenario.Of(shape, fail), crashAt: 1 + Math.Abs(crash % 120))).Check(Many);

    [Test]
    public void AnyRunbook_PlannedTwice_HasTheSameHash() => Prop.ForAll<int[]>(shape =>
    {
        Scenario scenario = Scenario.Of(shape, 0);
        scenario.Plan().Hash.Should().Be(scenario.Plan().Hash);
        Scenario.Of(shape, 0).Plan().Should().Be(scenario.Plan(), "another process in the same world plans the same");
    }).Check(Many);

    [Test]
    public void AnyRunbook_ReadBackFromJson_IsTheSame() => Prop.ForAll<int[]>(shape =>
    {
        Runbook runbook = Scenario.Of(shape, 0).Plan();
        Runbook again = Runbook.FromJson(runbook.ToJson());
        again.Should().Be(runbook);
        again.ToMarkdown().Should().Be(runbook.ToMarkdown());
        again.ToJson().Should().Be(runbook.ToJson());
    }).Check(Many);

    /// <summary>The safeguard of these properties: an engine that forgets an undo is found.</summary>
    [Test]
    public void Truthful_UndoThatDoesNothing_IsFound() =>
        FluentActions.Invoking(() => Truthful(Scenario.Of([0, 0, 0], 3, forgetsUndo: true), crashAt: 0)).Should().Throw<Exception>().WithMessage("*as before*");

    private static void Truthful(Scenario scenario, int crashAt)
    {
        DeploymentResult? result = scenario.Run(crashAt);
        if (result is null)
        {
            scenario.Now().Should().Be(scenario.Before, "it died before there was a run");
            return;
        }

        string why = $"it ended {result.Outcome}: {result.Reason}";
        result.Log.Entries.Select(entry => entry.Sequence).Should().Equal(Enumerable.Range(1, result.Log.Entries.Count).Select(n => (long)n));
        switch (result.Outcome)
        {
            case DeploymentOutcome.Succeeded:
                scenario.Now().Should().Be(scenario.Goal, why);
                break;
            case DeploymentOutcome.RolledBack or DeploymentOutcome.Rejected:
                scenario.Now().Should().Be(scenario.Before, $"{why}, so all is as before");
                scenario.HasFailure.Should().BeTrue(why);
                break;
            default:
                Assert.Fail($"Nothing here makes a run end {result.Outcome}: {result.Reason}");
                break;
        }
    }

    private sealed class Scenario
    {
        private readonly World _world = new();
        private readonly Queue<int> _shape;
        private readonly int _failing;
        private readonly bool _forgetsUndo;
        private readonly int[] _numbers;
        private int _marks;
        private string _goalTraffic;

        private Scenario(int[] shape, int fail, bool forgetsUndo)
        {
            _numbers = shape;
            _shape = new Queue<int>(shape);
            _forgetsUndo = forgetsUndo;
            _failing = fail;
            _world.Deploy("1.0.0");
            _world.Configure = pipeline => pipeline.UseStrategy(new PlanStrategy(PlanAll));
            _goalTraffic = "shop_1.0.0_1=100";
            Before = Now();
            Plan();
            Goal = string.Join(' ', Enumerable.Range(1, _marks).Select(mark => $"mark_0.0.{mark}_1").Append("shop_1.0.0_1").Append("shop_1.1.0_1").Order(StringComparer.Ordinal)) + " | " + _goalTraffic;
            if (fail != 0)
            {
                int number = 2 + (Math.Abs(fail % 12) + 1);
                int seen = 2;
                _world.Target.Before = (effect, _) =>
                {
                    // A forward step that fails goes on failing, also after a crash; its way back works.
                    bool forward = effect.Verb == "install" && (effect.Text.Contains("mark_", StringComparison.Ordinal) || effect.Text.EndsWith("1.1.0_1", StringComparison.Ordinal));
                    if (forward && (FailingText == effect.Text || (FailingText is null && ++seen == number)))
                    {
                        FailingText = effect.Text;
                        throw new DeploymentException("It fails for good.");
                    }

                    return Task.CompletedTask;
                };
            }
        }

        internal string Before { get; }

        internal string Goal { get; }

        internal bool HasFailure => FailingText is not null;

        private string? FailingText { get; set; }

        internal static Scenario Of(int[] shape, int fail, bool forgetsUndo = false) => new(shape, fail, forgetsUndo);

        internal string Now() =>
            string.Join(' ', _world.Target.Now.Revisions.Select(revision => revision.Id.ToString()).Order(StringComparer.Ordinal)) + " | " + _world.Target.Now.Traffic;

        internal Runbook Plan() => _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));

        internal DeploymentResult? Run(int crashAt)
        {
            try
            {
                return _world.Time.Run(() => _world.Pipeline(new SimulatedProcess(crashAt)).DeployAsync(World.Version("1.1.0")));
            }
            catch (SimulatedCrashException)
            {
                return _world.RunOf("1.1.0") is { } run ? _world.Time.Run(() => _world.Pipeline().ResumeAsync(run.Id)) : null;
            }
        }

        private void PlanAll(StrategyContext context, RunbookBuilder runbook)
        {
            _shape.Clear();
            Array.ForEach(_numbers, _shape.Enqueue);
            _marks = 0;
            IHostRevisions hosts = context.Require<IHostRevisions>()!;
            runbook.RollBackTo(context.Target, context.Live!, hosts.Install(context.Current!));
            runbook.Effect("Install", hosts.Install(context.Candidate), Undo.By(hosts.Remove(context.Candidate.Id)));
            runbook.Check(Moment.BeforeTraffic, new(context.Target, context.Candidate.Id, context.Live));
            TrafficSplit split = context.Observation.Traffic;
            PlanSome(context, hosts, runbook, int.MaxValue, ref split, inLane: false);
            _goalTraffic = split.ToString();
        }

        private void PlanSome(StrategyContext context, IHostRevisions hosts, RunbookBuilder runbook, int count, ref TrafficSplit split, bool inLane)
        {
            for (int i = 0; i < count && _shape.TryDequeue(out int number); i++)
            {
                switch (Math.Abs(number % 7))
                {
                    case 4:
                        runbook.Wait("Bake", TimeSpan.FromMinutes(1 + Math.Abs(number % 5)), "To see.");
                        break;
                    case 5 when !inLane:
                        split = Shift(context, runbook, split, Math.Abs(number % 101));
                        break;
                    case 6 when !inLane:
                        TrafficSplit unchanged = split;
                        runbook.Parallel("group", new LanePolicy { MaxConcurrency = 1 + Math.Abs(number % 3) }, Enumerable.Range(0, 1 + Math.Abs(number % 4)).Select(lane =>
                            KeyValuePair.Create<string, Action<RunbookBuilder>>($"lane {lane}", inner => PlanSome(context, hosts, inner, 3, ref unchanged, inLane: true))));
                        break;
                    default:
                        Mark(hosts, runbook);
                        break;
                }
            }
        }

        private void Mark(IHostRevisions hosts, RunbookBuilder runbook)
        {
            var mark = new RevisionId("mark", $"0.0.{++_marks}", 1);
            runbook.Effect($"Mark {mark}", hosts.Install(new Revision(mark, World.Version("1.1.0"))), _forgetsUndo ? Undo.Nothing() : Undo.By(hosts.Remove(mark)));
        }

        private static TrafficSplit Shift(StrategyContext context, RunbookBuilder runbook, TrafficSplit before, int share)
        {
            ISplitTraffic router = context.Require<ISplitTraffic>()!;
            var after = new TrafficSplit([KeyValuePair.Create(context.Live!, 100 - share), KeyValuePair.Create(context.Candidate.Id, share)]);
            runbook.Effect("Shift", router.Route(after), Undo.By(router.Route(before)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.Traffic, before.ToString(), after.ToString())],
            });
            return after;
        }
    }
}
