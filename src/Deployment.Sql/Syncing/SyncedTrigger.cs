namespace Deployment.Sql.Syncing;

/// <summary>
/// The trigger that keeps the columns of a row in step: before a row is written it sets the side that its writer didn't. It writes nothing itself, so no
/// trigger calls another one, and a pair that is in step already is left alone: what a backfill or an undo fills changes nothing on the other side.
/// </summary>
internal sealed class SyncedTrigger(SyncedNames names)
{
    private readonly SyncedChange _change = names.Change;

    internal string Create => $"CREATE TRIGGER {names.Trigger} BEFORE INSERT OR UPDATE ON {names.Table} FOR EACH ROW EXECUTE FUNCTION {names.Function}({string.Join(", ", names.Columns)});";

    private IEnumerable<string> Forwards => names.News.Select((_, i) => $"synced_new_{i + 1}");

    private string NewOfRow => $"ROW({string.Join(", ", names.News.Select(name => $"NEW.{name}"))})::record";

    private string OldOfRow => $"(SELECT NEW.{names.Old} AS {names.Old}) AS synced";

    private string NewsOfRow => $"(SELECT {string.Join(", ", names.News.Select(name => $"NEW.{name} AS {name}"))}) AS synced";

    internal string Function(string create) => $"""
        {create} FUNCTION {names.Function}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $synced_body$
        #variable_conflict use_column
        DECLARE
            {string.Join("\n    ", names.News.Zip(Forwards).Select(pair => $"{pair.Second} {names.Table}.{pair.First}%TYPE;"))}
            synced_old {names.Table}.{names.Old}%TYPE;
            wrote_new boolean;
            wrote_old boolean;
        BEGIN
            -- Of bytes: equal values may be written otherwise, and not every type knows what is equal.
            IF TG_OP = 'INSERT' THEN
                wrote_new := num_nonnulls({string.Join(", ", names.News.Select(name => $"NEW.{name}"))}) > 0;
                wrote_old := NOT wrote_new;
            ELSE
                wrote_new := {NewOfRow} *<> ROW({string.Join(", ", names.News.Select(name => $"OLD.{name}"))})::record;
                wrote_old := NOT wrote_new AND ROW(NEW.{names.Old})::record *<> ROW(OLD.{names.Old})::record;
            END IF;
            IF wrote_new OR wrote_old THEN
                {string.Join("\n        ", Forwards.Zip(_change.Parts).Select(pair => $"{pair.First} := (SELECT ({pair.Second.Forward}) FROM {OldOfRow});"))}
            END IF;
            IF wrote_new AND {NewOfRow} *<> ROW({string.Join(", ", Forwards)})::record THEN
                NEW.{names.Old} := (SELECT ({_change.Back}) FROM {NewsOfRow});
            ELSIF wrote_old THEN
                IF TG_OP = 'UPDATE' AND num_nonnulls(OLD.{names.Old}) = 0 THEN
                    synced_old := (SELECT ({_change.Back}) FROM {NewsOfRow});
                    IF ROW(NEW.{names.Old})::record *= ROW(synced_old)::record THEN
                        RETURN NEW;
                    END IF;
                END IF;
                {string.Join("\n        ", names.News.Zip(Forwards).Select(pair => $"NEW.{pair.First} := {pair.Second};"))}
            END IF;
            RETURN NEW;
        END $synced_body$;
        """;
}
