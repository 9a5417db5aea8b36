namespace Deployment.Commands;

/// <summary>A target or a migrator that looks by commands: the pipeline lends it what runs them, also while nothing is deployed yet. A wrapper of a target forwards it as a capability.</summary>
public interface IAskByCommand
{
    /// <summary>What runs its commands while it looks; what it changes is run by <see cref="Targets.EffectContext.Commands"/>.</summary>
    ICommandRunner Commands { set; }
}
