using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Where requests wait while no revision is served. Not more than so many, and their bodies stay with the client.</summary>
internal sealed class HoldingArea(Switchboard board, LaneChoice choice, TimeProvider timeProvider)
{
    /// <summary>How many wait at most; the next one is answered at once. Each has a connection with at most its buffer of unread bytes.</summary>
    public const int Most = 1000;

    private long _held;

    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes the request's place, and waits for it for as long as the table says.</summary>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask<Ticket> TakeAsync(HttpContext context)
    {
        Ticket ticket = board.Take(context, choice.For);
        return ticket.Visit is not null || ticket.Table.Hold == TimeSpan.Zero ? new(ticket) : new(HoldAsync(context, ticket));
    }

    private async Task<Ticket> HoldAsync(HttpContext context, Ticket ticket)
    {
        if (Interlocked.Increment(ref _held) > Most)
        {
            Interlocked.Decrement(ref _held);
            return ticket;
        }

        long arrived = timeProvider.GetTimestamp();
        try
        {
            while (ticket.Visit is null && ticket.Table.Hold - timeProvider.GetElapsedTime(arrived) is { } left && left > TimeSpan.Zero)
            {
                await ticket.Table.Replaced.WaitAsync(left, timeProvider, context.RequestAborted);
                ticket = board.Take(context, choice.For);
            }
        }
        catch (TimeoutException)
        {
            // It has waited long enough.
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }

        return ticket;
    }
}
