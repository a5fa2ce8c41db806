-- What the later versions of the existing backend added, and what its people did with it.
-- Invoices of the Bulanan package that were open at the move, and one that its buyer let expire.
insert into payment_transactions (user_id, invoice_number, amount, status, doku_order_id, expires_at, type_transaction) values
    (50, 'INV-BUKA', 16500, 'pending', 'INV-BUKA', now() + interval '1 hour', 'subscription'),
    (51, 'INV-LEWAT', 16500, 'expired', 'INV-LEWAT', now() - interval '1 hour', 'subscription');
-- Anybody could become an administrator there.
update users set role = 'admin' where id_users = 7;
update users set role = 'superuser' where id_users = 8;
