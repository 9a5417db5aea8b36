using Deployment.Targets;

namespace Deployment.Runbooks;

/// <summary>How a step is undone. An undo accepts an effect that happened, half happened or never happened.</summary>
public sealed record Undo
{
    /// <summary>Whether it can be undone.</summary>
    public required UndoKind Kind { get; init; }

    /// <summary>The operation that undoes it; null for the other kinds.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Why there is nothing to undo, why it is impossible, or why it stays.</summary>
    public string? Reason { get; init; }

    /// <summary>The operation as lines for a POSIX shell; filled in while planning.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>There is nothing to undo.</summary>
    /// <param name="reason">Why.</param>
    public static Undo Nothing(string reason = "It changes nothing.") => new() { Kind = UndoKind.Nothing, Reason = reason };

    /// <summary>Undone by an operation.</summary>
    public static Undo By(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return new Undo { Kind = UndoKind.Operation, Operation = operation };
    }

    /// <summary>Undone by an operation where the step itself fails. Once done it stays when the run goes back, such as a change of a schema that the new release has written to.</summary>
    /// <param name="operation">What undoes it, when a person asks for it.</param>
    /// <param name="reason">Why it stays, as a sentence.</param>
    public static Undo Kept(Operation operation, string reason)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new Undo { Kind = UndoKind.Kept, Operation = operation, Reason = reason };
    }

    /// <summary>It can't be undone. The plan prints its point of no return here, and a Go/No-Go stands before it.</summary>
    /// <param name="reason">Why not.</param>
    public static Undo Impossible(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new Undo { Kind = UndoKind.Impossible, Reason = reason };
    }
}
