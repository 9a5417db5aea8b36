using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>The power of the machine with the store is cut before every operation of its disk; another process goes on when it is back.</summary>
[Category("Unit")]
public sealed class PowerLossTests
{
    private static readonly int[] Seeds = [1, 2, 3, 4, 5];

    [Test]
    public void Run_PowerCutBeforeAnyDiskOperation_EndsTruthfully([Values] bool fails)
    {
        (List<string> problems, int cuts) = AtEveryOperation(fails, ignoresFlushes: false, firstCut: null);

        problems.Should().BeEmpty();
        cuts.Should().BeGreaterThan(Seeds.Length * 80);
    }

    [Test]
    public void Resume_PowerCutBeforeAnyDiskOperationToo_EndsTruthfully([Values] bool fails, [Values(25, 40, 55, 70)] int firstCut)
    {
        (List<string> problems, int cuts) = AtEveryOperation(fails, ignoresFlushes: false, firstCut);

        problems.Should().BeEmpty();
        cuts.Should().BeGreaterThan(Seeds.Length * 20);
    }

    // The negative control: a disk that acknowledges flushes and does nothing.
    [Test]
    public void Run_FlushesIgnored_IsNoticed([Values] bool fails)
    {
        (List<string> problems, _) = AtEveryOperation(fails, ignoresFlushes: true, firstCut: null);

        problems.Should().Contain(problem => problem.Contains("without a durable intent")).And.HaveCountGreaterThan(20);
    }

    /// <param name="fails">Whether the release fails after its switch.</param>
    /// <param name="ignoresFlushes">Whether the disk does.</param>
    /// <param name="firstCut">Where the first process lost its power, when it is the resume that loses it at every operation.</param>
    private static (List<string> Problems, int Cuts) AtEveryOperation(bool fails, bool ignoresFlushes, int? firstCut)
    {
        List<string> problems = [];
        int cuts = 0;
        foreach (int seed in Seeds)
        {
            for (int cut = 1; ; cut++)
            {
                var world = new PowerWorld(seed, fails);
                world.Disk.IgnoresFlushes = ignoresFlushes;
                bool lost = world.LosesPower(firstCut ?? cut, pipeline => pipeline.DeployAsync(World.Version("1.1.0")));
                lost = firstCut is null || !lost || world.Run is not { State: not RunState.Ended } open
                    ? lost && firstCut is null
                    : world.LosesPower(cut, pipeline => pipeline.ResumeAsync(open.Id));
                world.Disk.IgnoresFlushes = false;
                problems.AddRange(world.Problems().Select(problem => $"seed {seed}, cut {firstCut} {cut}: {problem}"));
                if (!lost)
                {
                    break;
                }

                cuts++;
            }
        }

        return (problems, cuts);
    }

    /// <summary>What survives a power cut: the disk as far as it was flushed, and the target, which is elsewhere.</summary>
    private sealed class PowerWorld
    {
        private readonly VirtualTime _time = new();
        private readonly Random _random = new(7);
        private readonly FakeTarget _target = new("web");
        private readonly List<string> _begun = [];
        private readonly bool _fails;

        internal PowerWorld(int seed, bool fails)
        {
            Disk = new LosingDisk(new Random(seed));
            _time.Run(() => Pipeline().DeployAsync(World.Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            _time.Clock.Advance(TimeSpan.FromMinutes(1));
            _fails = fails;
            _begun.Clear();
        }

        internal LosingDisk Disk { get; }

        internal RunRecord? Run => Store().ListRunsAsync(default).GetAwaiter().GetResult().LastOrDefault(run => run.Version == "1.1.0");

        /// <summary>Whether the power was lost at that operation, counted from now; it is back afterwards.</summary>
        internal bool LosesPower(int operation, Func<DeploymentPipeline, Task<DeploymentResult>> act)
        {
            long cutAt = Disk.Operations + operation;
            Disk.CutPowerAt(cutAt);
            try
            {
                _time.Run(() => act(Pipeline(cutAt)));
            }
            catch (Exception) when (Disk.Operations >= cutAt)
            {
                // Nobody sees how a process ends that loses its power.
            }

            bool lost = Disk.Operations >= cutAt;
            Disk.CutPower();
            _time.Clock.Advance(TimeSpan.FromMinutes(1));
            return lost;
        }

        /// <summary>What is wrong when a process looks that was started after the cut, and when it has gone on with the run.</summary>
        internal IReadOnlyList<string> Problems()
        {
            try
            {
                return [.. ProblemsOfIntents(), .. ProblemsOfEnd()];
            }
            catch (Exception error) when (error is DeploymentException or IOException)
            {
                return [error.ToString()];
            }
        }

        private static string[] StartedSteps(IEnumerable<JournalEntry> entries) =>
            [.. entries.Where(entry => entry.Kind == JournalEntryKind.StepStarted).Select(entry => entry.Step!)];

        private IEnumerable<string> ProblemsOfIntents()
        {
            string[] durable = Run is { } run ? StartedSteps(_time.Run(() => Pipeline().ReadLogAsync(run.Id)).Entries) : [];
            return _begun.Where(step => !durable.Contains(step)).Select(step => $"step {step} had its effect without a durable intent");
        }

        private List<string> ProblemsOfEnd()
        {
            DeploymentPipeline pipeline = Pipeline();
            DeploymentResult result = _time.Run(() => Run is { } run ? pipeline.ResumeAsync(run.Id) : pipeline.DeployAsync(World.Version("1.1.0")));
            DeploymentOutcome outcome = _fails ? DeploymentOutcome.RolledBack : DeploymentOutcome.Succeeded;
            string traffic = _fails ? "shop_1.0.0_1=100" : "shop_1.1.0_1=100";
            List<string> problems = [];
            void Expect(bool holds, string problem) => problems.AddRange(holds ? Array.Empty<string>() : [problem]);
            Expect(result.Outcome == outcome, $"it ended {result.Outcome}: {result.Reason}");
            Expect(_target.Now.Traffic.ToString() == traffic, $"traffic is {_target.Now.Traffic}");
            Expect(_target.Now.Revisions.Count == (_fails ? 1 : 2), $"{_target.Now.Revisions.Count} revisions stand");
            Expect(result.Log.Entries.Select(entry => entry.Sequence).SequenceEqual(Enumerable.Range(1, result.Log.Entries.Count).Select(number => (long)number)), "entries are missing");
            Expect(_begun.TrueForAll(StartedSteps(result.Log.Entries).Contains), "a step has no intent");
            Expect(Store().ListClaimsAsync(default).GetAwaiter().GetResult().Count == 0, "claims are left");
            Expect(Run is { State: RunState.Ended } ended && ended.Outcome == outcome, $"the record says {Run}");
            return problems;
        }

        private IDeploymentStore Store() => Disk.OpenStore(_time.Clock);

        /// <summary>A new process. When its power is gone, it reaches the target no more either.</summary>
        private DeploymentPipeline Pipeline(long cutAt = long.MaxValue)
        {
            var process = new SimulatedProcess((_, where) => AtPoint(where, cutAt));
            DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop")
                .DeployTo(process.Reach(_target))
                .UseBlueGreen()
                .Step("check in", Moment.Shifted, step => step
                    .Run((_, _) => _fails ? throw new DeploymentException("broken") : Task.CompletedTask).MayBeRepeated().NothingToUndo())
                .UseStore(Store())
                .UseTimeProvider(_time.Clock)
                .UseRandom(_random)
                .UseCommands(new RecordingCommandRunner());
            pipeline.BuildOverride = "build";
            return pipeline.Build();
        }

        private void AtPoint(string where, long cutAt)
        {
            if (Disk.Operations >= cutAt)
            {
                throw new PowerCutException(where);
            }

            if (where.StartsWith("before the effect", StringComparison.Ordinal))
            {
                _begun.Add(where[(where.LastIndexOf(' ') + 1)..]);
            }
        }
    }
}
