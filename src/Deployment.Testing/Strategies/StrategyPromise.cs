namespace Deployment.Testing;

/// <summary>What a strategy promises, and <see cref="StrategyConformance"/> looks after.</summary>
public enum StrategyPromise
{
    /// <summary>Where the target lacks what the strategy needs, planning is refused with an error that names each missing capability.</summary>
    RefusesWhatIsMissing,

    /// <summary>Where the target has what the strategy needs, it plans: over nothing, over an old release, and for going back.</summary>
    PlansWithWhatItNeeds,

    /// <summary>A plan has at least one effect.</summary>
    PlansSomething,

    /// <summary>The same input gives the same runbook: no I/O, no clock, no randomness, nothing remembered from one plan to the next.</summary>
    PlansPurely,

    /// <summary>Each step, check, undo and fact of a target's plan is about that target.</summary>
    ActsOnItsTarget,

    /// <summary>It passes <c>Moment.Complete</c> after the last change of traffic, and a moment after each shift to the candidate before the next, so that checks can look.</summary>
    PassesItsMoments,

    /// <summary>Where something is live, it says by <c>RollBackTo</c> what a rollback goes back to, which is that.</summary>
    SaysWhatToGoBackTo,

    /// <summary>What it asks to have removed later is never what it brings.</summary>
    RetiresOnlyTheOld,

    /// <summary>An effect that changes what was there before the run says how it is undone, or that it can't be.</summary>
    TellsEachUndo,

    /// <summary>An effect states each change of traffic, and each revision that comes or goes, with the value that it then has.</summary>
    StatesItsChanges,

    /// <summary>It makes no traffic split that the target's limits don't allow: it adapts, or refuses to plan.</summary>
    KeepsToLimits,

    /// <summary>While it deploys over a live release all traffic is served by somebody, at every moment.</summary>
    ServesAllTraffic,

    /// <summary>Traffic goes only to revisions that stand.</summary>
    RoutesToWhatStands,

    /// <summary>Traffic goes only to revisions that a health check has found well, or that served before.</summary>
    RoutesToWhatIsWell,

    /// <summary>
    /// Copies of users' requests go only to a revision that stands, that a health check has found well, and that takes no traffic; the users' split
    /// stays as it is, and when the run has ended nothing is copied that was not before.
    /// </summary>
    CopiesReachNoUser,

    /// <summary>
    /// A feature flag is opened to users only when all traffic of every target is with the candidate, and a health check has found that well. Going
    /// back closes it before anything else is touched, and never opens it; a run that goes back leaves it as it was before the run.
    /// </summary>
    FlagsFollowTheRelease,

    /// <summary>Capacity is never below the promised share.</summary>
    KeepsCapacity,

    /// <summary>No request in flight is cut off.</summary>
    FinishesRequests,

    /// <summary>What a rollback goes back to is not removed within the run, neither forward nor back.</summary>
    KeepsTheOld,

    /// <summary>A success ends with all traffic on the candidate, and leaves nothing else that the run made.</summary>
    EndsWithTheCandidate,

    /// <summary>A deployment or going back that nothing disturbs succeeds, and so does one whose effects fail in passing.</summary>
    Succeeds,

    /// <summary>A run that fails or is aborted goes back to exactly the state before: the same revisions stand, with the same traffic.</summary>
    GoesBackWhole,

    /// <summary>A run whose process dies is finished by the next process without a person.</summary>
    SurvivesCrashes,
}
