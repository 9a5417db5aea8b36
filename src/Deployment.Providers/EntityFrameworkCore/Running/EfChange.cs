using Deployment.Providers.EntityFrameworkCore.Reading;

namespace Deployment.Providers.EntityFrameworkCore.Running;

/// <summary>One migration that is applied or undone.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Applies">Whether it is applied; else it is undone.</param>
/// <param name="Commands">What is sent, in order.</param>
internal sealed record EfChange(string Id, bool Applies, IReadOnlyList<EfCommand> Commands)
{
    /// <summary>What it is called in messages.</summary>
    internal string What => Applies ? Id : $"The undo of {Id}";

    /// <summary>Whether one transaction has all of it.</summary>
    internal bool IsWhole => Commands.All(command => command.InTransaction);
}
