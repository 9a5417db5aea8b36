using System.Globalization;
using Deployment.Analysis;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Builds the steps of a sequence. Strategies get one for each target.</summary>
public sealed class RunbookBuilder
{
    private readonly PlanningScope _scope;
    private readonly Moment? _until;
    private List<RunbookNode> _nodes = [];
    private Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    internal RunbookBuilder(string id, PlanningScope scope, Moment? until = null)
    {
        Id = id;
        _scope = scope;
        _until = until;
    }

    /// <summary>The place of this sequence in the tree.</summary>
    public string Id { get; }

    /// <summary>A step that changes something.</summary>
    /// <param name="title">What people call it; its id is made from it.</param>
    /// <param name="operation">The effect.</param>
    /// <param name="undo">How it is undone.</param>
    /// <param name="options">More about it, if need be.</param>
    public void Effect(string title, Operation operation, Undo undo, EffectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(undo);
        EffectStep step = EffectSteps.Make(NextId(title), title, operation, undo, options ?? new EffectOptions(), _scope.Targets);
        _scope.Follow(step);
        _nodes.Add(step);
    }

    /// <summary>Lets the pipeline's checks and the user's own steps for this moment stand here.</summary>
    /// <param name="moment">The moment. What stands at <see cref="Moment.Complete"/> comes after all targets are done, where there are several.</param>
    /// <param name="subject">What is judged.</param>
    /// <param name="bakeFollows">Whether a bake of the strategy's own comes next: then the pipeline's monitor has none here.</param>
    public void Check(Moment moment, CheckSubject subject, bool bakeFollows = false)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_until is not null && moment >= _until)
        {
            return;
        }

        if (moment == Moment.Complete)
        {
            Complete(subject);
        }
        else
        {
            _scope.Moments.Pass(moment, subject, this, bakeFollows);
        }
    }

    /// <summary>Lets a check of the strategy's own stand here; it is one of <see cref="IDeploymentStrategy.Checks"/>.</summary>
    /// <param name="check">The check.</param>
    /// <param name="subject">What is judged.</param>
    /// <param name="onFailure">What a failure does. Missing data holds the run where a failure would roll back.</param>
    public void Check(Check check, CheckSubject subject, FailureAction onFailure = FailureAction.RollBack)
    {
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(subject);
        _nodes.Add(CheckSteps.Make(NextId(check.Name), check, subject, Phase.Monitoring, onFailure, _scope.AddressLookup(subject)));
    }

    /// <summary>
    /// Lets another strategy do a part of the work: what it builds stands here, but it passes no moment at or after the given one. What is
    /// bound to those stands where they are passed next, outside of the part.
    /// </summary>
    /// <param name="moment">The first moment that the part doesn't pass.</param>
    /// <param name="build">Builds the part.</param>
    public void Until(Moment moment, Action<RunbookBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var part = new RunbookBuilder(Id, _scope, _until is { } outer && outer < moment ? outer : moment) { _taken = _taken, _nodes = _nodes };
        build(part);
    }

    /// <summary>A pause by the clock, which a person can skip. In a hotfix it lasts a tenth of the time, and the runbook says so.</summary>
    /// <param name="title">What people call it.</param>
    /// <param name="duration">How long; more than zero.</param>
    /// <param name="reason">What for, as a sentence.</param>
    /// <param name="lookup">Lines for a POSIX shell with which a person looks at the revision meanwhile.</param>
    public void Wait(string title, TimeSpan duration, string reason, IReadOnlyList<string>? lookup = null)
    {
        if (duration <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A wait must be longer than zero.");
        }

        _nodes.Add(new WaitStep { Id = NextId(title), Title = title, Phase = Phase.Monitoring, Duration = InTime(title, duration), Reason = reason, Lookup = lookup });
    }

    /// <summary>
    /// A pause after users met something new, in which it is watched: that the revision stays well, and by the pipeline's monitor
    /// (<see cref="DeploymentPipelineBuilder.Monitor"/>). A failure ends it at once; a person can skip the rest. Where the pipeline has neither health checks nor a
    /// monitor it is a <see cref="Wait"/>. In a hotfix it lasts a tenth of the time, or as long as its rules need, and the runbook says so.
    /// </summary>
    /// <param name="title">What people call it.</param>
    /// <param name="duration">How long; more than zero.</param>
    /// <param name="reason">What for, as a sentence.</param>
    /// <param name="subject">What is watched.</param>
    public void Bake(string title, TimeSpan duration, string reason, CheckSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_scope.Watch is not { } watch)
        {
            Wait(title, duration, reason);
            return;
        }

        if (duration <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A bake must be longer than zero.");
        }

        CheckSubject watched = _scope.SharesOf(subject);
        IMetricSource? own = _scope.OwnMetrics(subject.Target);
        WatchSubjects subjects = watch.SubjectsOf(watched);
        TimeSpan lasts = InTime(title, duration, subjects.LeastTime(own));
        _scope.Errors.AddRange(subjects.Unmeasured(own));
        _scope.Errors.AddRange(subjects.TooShort(title, lasts, own));
        _scope.Judged.Add(subjects, own);
        _scope.Baked.Add(subject.Target);
        IReadOnlyList<string> lookup = subjects.CommandsOf(own);
        _nodes.Add(CheckSteps.Make(NextId(title), watch, watched, Phase.Monitoring, FailureAction.RollBack, _scope.AddressLookup(subject)) with
        {
            Title = title,
            Duration = lasts,
            Lookup = lookup.Count > 0 ? lookup : null,
        });
    }

    /// <summary>The same of something that users of several targets met at once, such as a flag: all are watched side by side.</summary>
    /// <param name="title">What people call it.</param>
    /// <param name="duration">How long; more than zero.</param>
    /// <param name="reason">What for, as a sentence.</param>
    /// <param name="subjects">What is watched; each of another target.</param>
    public void Bake(string title, TimeSpan duration, string reason, IReadOnlyList<CheckSubject> subjects)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        if (subjects is [{ } only])
        {
            Bake(title, duration, reason, only);
        }
        else if (_scope.Watch is null || subjects.Count == 0)
        {
            Wait(title, duration, reason);
        }
        else
        {
            Parallel(title, new LanePolicy { MaxConcurrency = subjects.Count }, subjects.Select(subject =>
                KeyValuePair.Create<string, Action<RunbookBuilder>>(subject.Target, lane => lane.Bake(title, duration, reason, subject))));
        }
    }

    /// <summary>A Go/No-Go.</summary>
    /// <param name="title">What people call it.</param>
    /// <param name="role">Who decides.</param>
    /// <param name="timeout">How long it waits before it counts as refused; null for ever.</param>
    /// <param name="lookup">Lines for a POSIX shell with which that person looks at the revision first.</param>
    public void Approval(string title, string role, TimeSpan? timeout = null, IReadOnlyList<string>? lookup = null) =>
        _nodes.Add(new ApprovalStep { Id = NextId(title), Title = title, Phase = Phase.Approval, Role = role, Timeout = timeout, Lookup = lookup });

    /// <summary>A sequence inside this one.</summary>
    public void Sequence(string name, Action<RunbookBuilder> build) => _nodes.Add(Child(name, build));

    /// <summary>Lanes side by side.</summary>
    /// <param name="name">What people call the group.</param>
    /// <param name="policy">How the lanes go together.</param>
    /// <param name="lanes">Each lane's name with what builds it.</param>
    public void Parallel(string name, LanePolicy policy, IEnumerable<KeyValuePair<string, Action<RunbookBuilder>>> lanes)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(lanes);
        var group = new RunbookBuilder(NextId(name), _scope, _until);
        foreach ((string lane, Action<RunbookBuilder> build) in lanes)
        {
            // A lane of a target that was planned before goes on with it, or is passed over with it.
            string? earlier = _scope.Lanes.GetValueOrDefault(lane);
            group._nodes.Add(group.Child(lane, build) with { Continues = earlier });
        }

        // Checks that nothing is bound to would leave a group of nothing.
        if (group._nodes.OfType<SequenceNode>().All(lane => lane.Children.Count == 0))
        {
            return;
        }

        _nodes.Add(new ParallelNode { Id = group.Id, Lanes = group._nodes, Policy = policy });
    }

    /// <summary>Says that the plan rests on a fact as it was observed: when it has moved, the plan is stale.</summary>
    public void RestOn(string target, string fact) => _scope.RestOn(target, fact);

    /// <summary>Says what a rollback on a target goes back to: it makes sure that this revision stands before it gets its traffic back, and checks that it is well afterwards.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="old">The revision.</param>
    /// <param name="ensure">An idempotent operation that makes sure that it stands; null when nothing takes it away.</param>
    public void RollBackTo(string target, RevisionId old, Operation? ensure) => _scope.GuardRollback(target, old, ensure);

    /// <summary>Adds a sentence to what the runbook says about its strategy, such as why a step was left out. Each sentence stands there once.</summary>
    public void Explain(string sentence)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sentence);
        _scope.Explain(sentence);
    }

    /// <summary>Names something that a hotfix leaves out. Each sentence stands in the runbook and in the log once.</summary>
    /// <exception cref="DeploymentException">The run is no hotfix; see <see cref="StrategyContext.IsHotfix"/>.</exception>
    public void LeaveOut(string sentence)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sentence);
        _scope.LeaveOut(sentence);
    }

    /// <summary>Says that the candidate is only tried on a target and is gone at the end: the run brings no release, and nobody ever goes back to it.</summary>
    /// <param name="target">The target's name.</param>
    public void OnlyTry(string target) => _scope.Trials.Add(target);

    /// <summary>Removes a revision in a run of its own, once the rollback window has closed.</summary>
    public void RetireLater(string target, RevisionId revision, TimeSpan after) => _scope.FollowUps.Add(new FollowUp(target, revision, after));

    /// <summary>A look at all that was measured since a moment.</summary>
    internal void LookBack(WatchCheck watch, WatchedTarget target)
    {
        var subject = new CheckSubject(target.Target, target.Revision, target.Before);
        string title = $"Look back at {subject.Candidate}";
        _nodes.Add(CheckSteps.Make(NextId(title), watch, subject, Phase.Monitoring, FailureAction.RollBack, _scope.AddressLookup(subject)) with
        {
            Title = title,
            Since = target.Since,
            Recorded = target.Recorded,
            Watches = target.Watches,
            // Nothing warms up any more, and what is missing is no reason to hold.
            Expected = watch.ExpectedOfLook(subject, target.Since, _scope.OwnMetrics(target.Target)),
        });
    }

    /// <summary>Whether a bake of the strategy's own has watched since what users have was last changed.</summary>
    internal bool IsBaked(CheckSubject subject) => _scope.Watch is null || _scope.Baked.Contains(subject.Target);

    internal SequenceNode Build() => new() { Id = Id, Children = _nodes };

    internal void Window(string title, IReadOnlyList<DeploymentWindow> windows) =>
        _nodes.Add(new WindowStep { Id = NextId(title), Title = title, Phase = Phase.Approval, Windows = windows });

    internal void Check(Check check, CheckSubject subject, Phase phase, FailureAction onFailure, Moment moment) =>
        _nodes.Add(CheckSteps.Make(NextId(check.Name), check, subject, phase, onFailure, _scope.AddressLookup(subject)) with { Title = _scope.Moments.TitleOf(check, moment) });

    /// <summary>Of several targets none is complete before all are: until then the last one may take the others back.</summary>
    private void Complete(CheckSubject subject)
    {
        _scope.Moments.CatchUp(subject, this);
        if (_scope.CompletesTogether)
        {
            _scope.Complete[subject.Target] = subject;
        }
        else
        {
            _scope.Moments.Complete([subject], this);
        }
    }

    /// <summary>Users wait for a hotfix; but a watch too short for its rules would only be held at its end.</summary>
    private TimeSpan InTime(string title, TimeSpan duration, TimeSpan least = default)
    {
        TimeSpan tenth = duration / 10;
        TimeSpan shorter = tenth > least ? tenth : least;
        if (!_scope.IsHotfix || shorter <= TimeSpan.Zero || shorter >= duration)
        {
            return duration;
        }

        string part = shorter == tenth ? "Nine tenths" : "A part";
        _scope.LeaveOut($"{part} of the wait '{title}': it lasts {Duration.Of(shorter)} instead of {Duration.Of(duration)}{(shorter == tenth ? "" : ", which its rules need")}.");
        return shorter;
    }

    private SequenceNode Child(string name, Action<RunbookBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var child = new RunbookBuilder(NextId(name), _scope, _until);
        build(child);
        return child.Build();
    }

    /// <summary>Equal titles get a number, in the order of the plan, so that ids are unique and stay the same when planned again.</summary>
    private string NextId(string title)
    {
        string slug = Slug.Of(Title.Check("step", title));
        int count = _taken[slug] = _taken.GetValueOrDefault(slug) + 1;
        string own = count == 1 ? slug : string.Create(CultureInfo.InvariantCulture, $"{slug}-{count}");
        return Id.Length == 0 ? own : $"{Id}/{own}";
    }
}
